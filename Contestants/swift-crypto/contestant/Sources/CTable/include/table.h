// SPDX-License-Identifier: Apache-2.0
// Nothing: what this library exports is declared in caes.h.
