#ifndef CCPU_H
#define CCPU_H
#include <stdint.h>
#endif
