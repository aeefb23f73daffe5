//! The registries of named groups and of signature schemes.

/// Groups by number.
#[rustfmt::skip]
pub(super) const NAMES: &[(u16, &str)] = &[
    (1, "sect163k1"), (2, "sect163r1"), (3, "sect163r2"), (4, "sect193r1"), (5, "sect193r2"),
    (6, "sect233k1"), (7, "sect233r1"), (8, "sect239k1"), (9, "sect283k1"), (10, "sect283r1"),
    (11, "sect409k1"), (12, "sect409r1"), (13, "sect571k1"), (14, "sect571r1"), (15, "secp160k1"),
    (16, "secp160r1"), (17, "secp160r2"), (18, "secp192k1"), (19, "secp192r1"), (20, "secp224k1"),
    (21, "secp224r1"), (22, "secp256k1"), (23, "secp256r1"), (24, "secp384r1"), (25, "secp521r1"),
    (26, "brainpoolP256r1"), (27, "brainpoolP384r1"), (28, "brainpoolP512r1"), (29, "x25519"), (30, "x448"),
    (31, "brainpoolP256r1tls13"), (32, "brainpoolP384r1tls13"), (33, "brainpoolP512r1tls13"),
    (34, "GC256A"), (35, "GC256B"), (36, "GC256C"), (37, "GC256D"), (38, "GC512A"), (39, "GC512B"),
    (40, "GC512C"), (41, "curveSM2"), (0x0100, "ffdhe2048"), (0x0101, "ffdhe3072"), (0x0102, "ffdhe4096"),
    (0x0103, "ffdhe6144"), (0x0104, "ffdhe8192"), (0x0200, "MLKEM512"), (0x0201, "MLKEM768"),
    (0x0202, "MLKEM1024"), (0x11eb, "SecP256r1MLKEM768"), (0x11ec, "X25519MLKEM768"),
    (0x11ed, "SecP384r1MLKEM1024"), (0x11ee, "curveSM2MLKEM768"), (0x4138, "CECPQ2"),
    (0x6399, "X25519Kyber768Draft00"), (0x639a, "SecP256r1Kyber768Draft00"), (0xfe30, "X25519Kyber512Draft00"),
    (0xfe31, "X25519Kyber768Draft00_old"), (0xff01, "arbitrary_explicit_prime_curves"),
    (0xff02, "arbitrary_explicit_char2_curves"),
];

/// Signature schemes by number; those of TLS 1.2 are hash and signature.
#[rustfmt::skip]
pub(super) const SCHEMES: &[(u16, &str)] = &[
    (0x0101, "rsa_pkcs1_md5"), (0x0102, "dsa_md5"), (0x0103, "ecdsa_md5"), (0x0201, "rsa_pkcs1_sha1"), (0x0202, "dsa_sha1"), (0x0203, "ecdsa_sha1"),
    (0x0301, "rsa_pkcs1_sha224"), (0x0302, "dsa_sha224"), (0x0303, "ecdsa_sha224"),
    (0x0401, "rsa_pkcs1_sha256"), (0x0402, "dsa_sha256"), (0x0403, "ecdsa_secp256r1_sha256"),
    (0x0420, "rsa_pkcs1_sha256_legacy"), (0x0501, "rsa_pkcs1_sha384"), (0x0502, "dsa_sha384"),
    (0x0503, "ecdsa_secp384r1_sha384"), (0x0520, "rsa_pkcs1_sha384_legacy"), (0x0601, "rsa_pkcs1_sha512"),
    (0x0602, "dsa_sha512"), (0x0603, "ecdsa_secp521r1_sha512"), (0x0620, "rsa_pkcs1_sha512_legacy"),
    (0x0704, "eccsi_sha256"), (0x0705, "iso_ibs1"), (0x0706, "iso_ibs2"), (0x0707, "iso_chinese_ibs"),
    (0x0708, "sm2sig_sm3"), (0x0709, "gostr34102012_256a"), (0x070a, "gostr34102012_256b"),
    (0x070b, "gostr34102012_256c"), (0x070c, "gostr34102012_256d"), (0x070d, "gostr34102012_512a"),
    (0x070e, "gostr34102012_512b"), (0x070f, "gostr34102012_512c"), (0x0804, "rsa_pss_rsae_sha256"),
    (0x0805, "rsa_pss_rsae_sha384"), (0x0806, "rsa_pss_rsae_sha512"), (0x0807, "ed25519"), (0x0808, "ed448"),
    (0x0809, "rsa_pss_pss_sha256"), (0x080a, "rsa_pss_pss_sha384"), (0x080b, "rsa_pss_pss_sha512"),
    (0x081a, "ecdsa_brainpoolP256r1tls13_sha256"), (0x081b, "ecdsa_brainpoolP384r1tls13_sha384"),
    (0x081c, "ecdsa_brainpoolP512r1tls13_sha512"), (0x0840, "gostr34102012_256"), (0x0841, "gostr34102012_512"), (0x0904, "mldsa44"), (0x0905, "mldsa65"),
    (0x0906, "mldsa87"), (0x0911, "slhdsa_sha2_128s"), (0x0912, "slhdsa_sha2_128f"),
    (0x0913, "slhdsa_sha2_192s"), (0x0914, "slhdsa_sha2_192f"), (0x0915, "slhdsa_sha2_256s"),
    (0x0916, "slhdsa_sha2_256f"), (0x0917, "slhdsa_shake_128s"), (0x0918, "slhdsa_shake_128f"),
    (0x0919, "slhdsa_shake_192s"), (0x091a, "slhdsa_shake_192f"), (0x091b, "slhdsa_shake_256s"),
    (0x091c, "slhdsa_shake_256f"), (0xeded, "gostr34102001_gostr3411"),
    (0xeeee, "gostr34102012_256_gostr34112012_256"), (0xefef, "gostr34102012_512_gostr34112012_512"),
];
