package jwttoken

import (
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"errors"

	"latchkey/domain/secret"
)

// The sentences about PEM texts. What the parsers say is left out: it may quote
// what it could not read.
var (
	errNoPrivate = errors.New("write the private key in PEM, from -----BEGIN PRIVATE KEY----- to -----END PRIVATE KEY-----, with its line breaks")
	errEncrypted = errors.New("the private key is encrypted: write it without a passphrase (openssl pkey -in FILE)")
	errPublic    = errors.New("this is a public key, which signs nothing: write the private key")
	errNoPublic  = errors.New("write the public key in PEM, from -----BEGIN PUBLIC KEY----- to -----END PUBLIC KEY-----, with its line breaks, or leave it out: it follows from SIGNING_KEY")
	errNoPair    = errors.New("this is not the public key of SIGNING_KEY: no token would verify; leave it out, it follows from SIGNING_KEY")
)

// block returns the first PEM block. openssl writes the parameters of a curve
// before the key; they say nothing that the key does not.
func block(text secret.String) *pem.Block {
	found, rest := pem.Decode([]byte(text.Reveal()))
	for found != nil && found.Type == "EC PARAMETERS" {
		found, rest = pem.Decode(rest)
	}
	return found
}

func parsePrivate(text secret.String) (crypto.Signer, error) {
	found := block(text)
	if found == nil {
		return nil, errNoPrivate
	}
	var key any
	var err error
	switch found.Type {
	case "PRIVATE KEY":
		key, err = x509.ParsePKCS8PrivateKey(found.Bytes)
	case "RSA PRIVATE KEY":
		if found.Headers["DEK-Info"] != "" {
			return nil, errEncrypted
		}
		key, err = x509.ParsePKCS1PrivateKey(found.Bytes)
	case "EC PRIVATE KEY":
		key, err = x509.ParseECPrivateKey(found.Bytes)
	case "ENCRYPTED PRIVATE KEY":
		return nil, errEncrypted
	case "PUBLIC KEY", "RSA PUBLIC KEY", "CERTIFICATE":
		return nil, errPublic
	}
	signer, ok := key.(crypto.Signer)
	if err != nil || !ok {
		return nil, errNoPrivate
	}
	return signer, nil
}

// checkPair refuses a verifying key that does not belong to the private key.
func checkPair(private crypto.Signer, verifying secret.String) error {
	if verifying.Empty() {
		return nil
	}
	public, err := parsePublic(verifying)
	if err != nil {
		return errNoPublic
	}
	own, ok := private.Public().(interface{ Equal(crypto.PublicKey) bool })
	if !ok || !own.Equal(public) {
		return errNoPair
	}
	return nil
}

func parsePublic(text secret.String) (crypto.PublicKey, error) {
	found := block(text)
	if found == nil {
		return nil, errNoPublic
	}
	if found.Type == "RSA PUBLIC KEY" {
		return x509.ParsePKCS1PublicKey(found.Bytes)
	}
	return x509.ParsePKIXPublicKey(found.Bytes)
}
