public enum AESCTR {}
