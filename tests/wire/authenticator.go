package wire

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"math/big"
	"strings"
	"sync"
)

// authenticator holds one passkey in software. All of it follows from its name, so that
// a credential id can stand in a recording; but for RSA, of which there is one key.
type authenticator struct {
	id   []byte
	cose []byte // its public key, as authenticators write it
	sign func(message []byte) ([]byte, error)
}

func digestOf(parts ...string) []byte {
	sum := sha256.Sum256([]byte(strings.Join(parts, "|")))
	return sum[:]
}

func newAuthenticator(name, algorithm string) (authenticator, error) {
	seed := digestOf("contract key", name, algorithm)
	a := authenticator{id: digestOf("contract credential", name)}
	switch algorithm {
	case "ES256":
		return a, a.useECDSA(seed)
	case "EdDSA":
		a.useEd25519(seed)
		return a, nil
	case "RS256":
		return a, a.useRSA()
	default:
		return a, fmt.Errorf("unknown algorithm %q", algorithm)
	}
}

func (a *authenticator) useECDSA(seed []byte) error {
	one := big.NewInt(1)
	order := new(big.Int).Sub(elliptic.P256().Params().N, one)
	scalar := new(big.Int).SetBytes(seed)
	scalar.Mod(scalar, order).Add(scalar, one)
	key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), scalar.FillBytes(make([]byte, 32)))
	if err != nil {
		return err
	}
	point, err := key.PublicKey.Bytes()
	if err != nil {
		return err
	}
	// {1: 2, 3: -7, -1: 1, -2: x, -3: y}
	a.cose = append([]byte{0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32}, point[1:33]...)
	a.cose = append(append(a.cose, 0x22, 0x58, 32), point[33:]...)
	a.sign = func(message []byte) ([]byte, error) {
		return ecdsa.SignASN1(rand.Reader, key, digestOf(string(message)))
	}
	return nil
}

func (a *authenticator) useEd25519(seed []byte) {
	key := ed25519.NewKeyFromSeed(seed)
	// {1: 1, 3: -8, -1: 6, -2: x}
	a.cose = append([]byte{0xa4, 1, 1, 3, 0x27, 0x20, 6, 0x21, 0x58, 32}, key[32:]...)
	a.sign = func(message []byte) ([]byte, error) { return ed25519.Sign(key, message), nil }
}

// rsaKey is made once: that takes a while.
var rsaKey = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })

func (a *authenticator) useRSA() error {
	key, err := rsaKey()
	if err != nil {
		return err
	}
	// {1: 3, 3: -257, -1: n, -2: 65537}
	a.cose = append([]byte{0xa4, 1, 3, 3, 0x39, 1, 0, 0x20, 0x59, 1, 0}, key.N.FillBytes(make([]byte, 256))...)
	a.cose = append(a.cose, 0x21, 0x43, 1, 0, 1)
	a.sign = func(message []byte) ([]byte, error) {
		return rsa.SignPKCS1v15(nil, key, crypto.SHA256, digestOf(string(message)))
	}
	return nil
}

// authenticatorData is what an authenticator says of itself, without the attested credential.
func authenticatorData(d directive, relyingParty string, flags byte) []byte {
	for bit, set := range map[byte]bool{0x01: d.flag("up", true), 0x04: d.flag("uv", true), 0x08: d.flag("be", false), 0x10: d.flag("bs", false)} {
		if set {
			flags |= bit
		}
	}
	data := append(digestOf(relyingParty), flags)
	return binary.BigEndian.AppendUint32(data, uint32(d.whole("sign_count", 0)))
}

// attestationObject is {"fmt": "none", "attStmt": {}, "authData": data} in CBOR.
func attestationObject(data []byte) []byte {
	out := append([]byte{0xa3, 0x63}, "fmt"...)
	out = append(append(out, 0x64), "none"...)
	out = append(append(out, 0x67), "attStmt"...)
	out = append(append(out, 0xa0, 0x68), "authData"...)
	return append(binary.BigEndian.AppendUint16(append(out, 0x59), uint16(len(data))), data...)
}

func base64url(raw []byte) string { return base64.RawURLEncoding.EncodeToString(raw) }
