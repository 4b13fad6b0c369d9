# SPDX-License-Identifier: Apache-2.0
"""The timed loops of the Python contestants.

Each is a function of a number of loops that does its work so often, and nothing else. Those of
pyperformance's crypto_pyaes and json_dumps are statement for statement what that suite times; the
runner and agrees-with-pyperf call the same functions.
"""

# Names are looked up as in the suite: `json.dumps`, not a local alias of it.
try:
    import pyaes
except ImportError:
    pyaes = None
try:
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
except ImportError:
    Cipher = None
try:
    import orjson
except ImportError:
    orjson = None
import json

# MARK: crypto_pyaes

CLEARTEXT = b"This is a test. What could possibly go wrong? " * 500
KEY = b'\xa1\xf6%\x8c\x87}_\xcd\x89dHE8\xbf\xc9,'
# Where a mode of pyaes starts that is given no counter.
FIRST_COUNTER = bytes(15) + b'\x01'


def crypto_pyaes(loops):
    for _ in range(loops):
        aes = pyaes.AESModeOfOperationCTR(KEY)
        ciphertext = aes.encrypt(CLEARTEXT)

        # need to reset IV for decryption
        aes = pyaes.AESModeOfOperationCTR(KEY)
        plaintext = aes.decrypt(ciphertext)

        # explicitly destroy the pyaes object
        aes = None
    return ciphertext, plaintext


def crypto_cryptography(loops):
    """The same by cryptography, that is by the libcrypto that it brings."""
    for _ in range(loops):
        aes = Cipher(algorithms.AES(KEY), modes.CTR(FIRST_COUNTER)).encryptor()
        ciphertext = aes.update(CLEARTEXT)

        aes = Cipher(algorithms.AES(KEY), modes.CTR(FIRST_COUNTER)).decryptor()
        plaintext = aes.update(ciphertext)

        aes = None
    return ciphertext, plaintext


# MARK: One message, its key schedule done before, its counter set anew for each

def message_pyaes(key, counter, text):
    aes = pyaes.AESModeOfOperationCTR(key)
    start = int.from_bytes(counter, "big")

    def run(loops):
        for _ in range(loops):
            # pyaes has no call for it; a new object would compute the key schedule as well.
            aes._counter = pyaes.Counter(start)
            aes._remaining_counter = []
            ciphertext = aes.encrypt(text)
        return ciphertext
    return run


def message_cryptography(key, counter, text):
    aes = Cipher(algorithms.AES(key), modes.CTR(counter)).encryptor()

    def run(loops):
        for _ in range(loops):
            aes.reset_nonce(counter)
            ciphertext = aes.update(text)
        return ciphertext
    return run


# MARK: json_dumps

EMPTY = {}
SIMPLE = {'key1': 0, 'key2': True, 'key3': 'value', 'key4': 'foo',
          'key5': 'string'}
# One object in three places, and below one in a thousand, as in the suite.
NESTED = {'key1': 0, 'key2': SIMPLE, 'key3': 'value', 'key4': SIMPLE,
          'key5': SIMPLE, 'key': '\u0105\u0107\u017c'}
HUGE = [NESTED] * 1000


def suites_own(document):
    """The suite's own object where it has the values of `document`."""
    for own in (EMPTY, SIMPLE, NESTED, HUGE):
        if type(own) is type(document) and own == document:
            return own
    return document


def json_dumps(data):
    """`data`: pairs of an object and a range, as in the suite."""
    for obj, count_it in data:
        for _ in count_it:
            json.dumps(obj)


def orjson_dumps(data):
    for obj, count_it in data:
        for _ in count_it:
            orjson.dumps(obj)
