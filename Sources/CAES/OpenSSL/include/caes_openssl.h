// SPDX-License-Identifier: Apache-2.0

/// @file
/// AES-CTR of OpenSSL's libcrypto, behind the ABI of caes.h.

#ifndef CAES_OPENSSL_H
#define CAES_OPENSSL_H

#include "caes.h"

#ifdef __cplusplus
extern "C" {
#endif

/// The one kernel of this library, "openssl".
CAES_API const caes_table *caes_openssl_kernels(void);

/// The version of the libcrypto in use: "OpenSSL 3.0.17 1 Jul 2025".
CAES_API const char *caes_openssl_version(void);

#ifdef __cplusplus
}
#endif

#endif
