package config

import (
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"strings"

	"latchkey/domain/secret"
)

// signingKey reads a private key as PEM, or the text of a shared key. As with
// SECRET_KEY the empty text is refused: another key would void every token.
var signingKey = codec[secret.String]{
	parse: func(n node) (secret.String, error) {
		s, err := n.single()
		if err != nil || !looksLikePEM(s) {
			return secretKey.parse(n)
		}
		text := unfold(s)
		if publicHalf(text) == nil {
			return secret.String{}, advice("write one private key as PEM, not encrypted, with its line breaks")
		}
		return text, nil
	},
	show: secretKey.show,
}

// verifyingKey reads a public key as PEM. A private one is refused: it would be
// handed to everything that only verifies.
var verifyingKey = codec[secret.String]{
	parse: func(n node) (secret.String, error) {
		s, err := n.single()
		if err != nil || isNone(s) {
			return secret.String{}, err
		}
		text := unfold(s)
		if publicKey(text) == nil {
			return secret.String{}, advice("write one public key as PEM, with its line breaks")
		}
		return text, nil
	},
	show: secretKey.show,
}

func looksLikePEM(s string) bool { return strings.Contains(s, "-----BEGIN ") }

// unfold restores the line breaks of a PEM text that was written in one line with
// \n, as files of environment variables need it. PEM has no backslashes.
func unfold(s string) secret.String {
	return secret.New(strings.TrimSpace(strings.ReplaceAll(s, `\n`, "\n")) + "\n")
}

// block returns the one PEM block that text is; nil when it is anything else.
func block(text secret.String) *pem.Block {
	s := text.Reveal()
	found, rest := pem.Decode([]byte(s))
	if found == nil || !strings.HasPrefix(s, "-----BEGIN ") || strings.TrimSpace(string(rest)) != "" {
		return nil
	}
	return found
}

// publicHalf returns the public key of a private one; nil when text holds none.
func publicHalf(text secret.String) crypto.PublicKey {
	b := block(text)
	if b == nil {
		return nil
	}
	var key any
	var err error
	switch b.Type {
	case "PRIVATE KEY":
		key, err = x509.ParsePKCS8PrivateKey(b.Bytes)
	case "RSA PRIVATE KEY":
		key, err = x509.ParsePKCS1PrivateKey(b.Bytes)
	case "EC PRIVATE KEY":
		key, err = x509.ParseECPrivateKey(b.Bytes)
	}
	signer, ok := key.(crypto.Signer)
	if err != nil || !ok {
		return nil
	}
	return signer.Public()
}

// publicKey returns the public key that text holds; nil when it holds none.
func publicKey(text secret.String) crypto.PublicKey {
	b := block(text)
	if b == nil {
		return nil
	}
	var key any
	var err error
	switch b.Type {
	case "PUBLIC KEY":
		key, err = x509.ParsePKIXPublicKey(b.Bytes)
	case "RSA PUBLIC KEY":
		key, err = x509.ParsePKCS1PublicKey(b.Bytes)
	}
	if err != nil {
		return nil
	}
	return key
}
