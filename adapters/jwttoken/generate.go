package jwttoken

import (
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"

	"latchkey/domain/secret"
)

// sharedBytes is the size of a new shared secret: the block of SHA-256 and the
// output of SHA-512, so that no HMAC key is shorter than its hash (RFC 7518,
// section 3.2).
const sharedBytes = 64

// generate makes the text of a new signing key: base64 for a shared secret,
// PKCS #8 in PEM otherwise. It always draws from crypto/rand, whatever Random a
// test or an extension puts in: kids may be guessed, keys may not.
func generate(a algorithm) (secret.String, error) {
	if a.shared() {
		random := make([]byte, sharedBytes)
		_, _ = rand.Read(random) // never returns an error
		return secret.New(base64.StdEncoding.EncodeToString(random)), nil
	}
	private, err := a.generate()
	if err != nil {
		return secret.String{}, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return secret.String{}, err
	}
	return secret.New(string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))), nil
}
