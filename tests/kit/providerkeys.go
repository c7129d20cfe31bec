package kit

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"math/big"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// keyring holds the keys that sign id_tokens. A key is made when it is first
// needed: an RSA key takes its time, and most tests need none.
type keyring struct {
	generation   int
	corp, google *signingKey
}

type signingKey struct {
	id      string
	private crypto.Signer
	method  jwt.SigningMethod
}

// RotateKeys gives corp and Google new keys under new names, and publishes the
// old ones no longer.
func (p *FakeProvider) RotateKeys() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.keys = keyring{generation: p.keys.generation + 1}
}

// signingKey returns nil for a provider that signs nothing.
func (p *FakeProvider) signingKey(at ProviderName) *signingKey {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch at {
	case Corp:
		return p.keys.of(&p.keys.corp, "corp", jwt.SigningMethodES256, newECDSA)
	case Google:
		return p.keys.of(&p.keys.google, "google", jwt.SigningMethodRS256, newRSA)
	default:
		return nil
	}
}

func (k *keyring) of(place **signingKey, name string, method jwt.SigningMethod, generate func() (crypto.Signer, error)) *signingKey {
	if *place == nil {
		private, err := generate()
		if err != nil {
			panic(err) // the machine has no randomness
		}
		*place = &signingKey{id: fmt.Sprintf("%s-%d", name, k.generation), private: private, method: method}
	}
	return *place
}

func newECDSA() (crypto.Signer, error) { return ecdsa.GenerateKey(elliptic.P256(), rand.Reader) }

func newRSA() (crypto.Signer, error) { return rsa.GenerateKey(rand.Reader, 2048) }

// certificate wraps the key as Google publishes its own. It never expires: the clock of a test may stand anywhere.
func (k *signingKey) certificate() string {
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		NotBefore:    time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC),
		NotAfter:     time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC),
	}
	signed, err := x509.CreateCertificate(rand.Reader, template, template, k.private.Public(), k.private)
	if err != nil {
		panic(err) // the key was made for it
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: signed}))
}
