#include "ccpu.h"
