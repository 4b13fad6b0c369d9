public enum FastJSON {}
