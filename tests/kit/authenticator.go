package kit

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

// Authenticator is a passkey in software: what a browser and its authenticator would
// answer, and what a forger might.
type Authenticator struct {
	key *ecdsa.PrivateKey
	// ID is its credential id.
	ID []byte
	// Origin is that of the page.
	Origin string
	// UserHandle is whom it holds the passkey for, as its creation said.
	UserHandle []byte
	// Count is its counter; it counts one up with each assertion.
	Count uint32
}

// Ceremony is what an answer says. A test changes it to lie.
type Ceremony struct {
	Type, Challenge, Origin, RPID                       string
	CrossOrigin                                         bool
	Present, Verified, BackupEligible, BackedUp, Forged bool
	Count                                               uint32
	ID, UserHandle                                      []byte
	// Format is that of the attestation: none, or packed for one by its own key.
	Format string
}

// NewAuthenticator returns a new passkey of a page.
func NewAuthenticator(t testing.TB, origin string) *Authenticator {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	id := make([]byte, 32)
	_, _ = rand.Read(id) // does not fail
	return &Authenticator{key: key, ID: id, Origin: origin}
}

// Create answers the body of passkeys/register/begin/.
func (a *Authenticator) Create(t testing.TB, options []byte, changes ...func(*Ceremony)) map[string]any {
	t.Helper()
	var asked struct {
		Challenge string
		RP        struct{ ID string }
		User      struct{ ID string }
	}
	require.NoError(t, json.Unmarshal(options, &asked))
	handle, err := base64.RawURLEncoding.DecodeString(asked.User.ID)
	require.NoError(t, err)
	a.UserHandle = handle
	c := a.ceremony("webauthn.create", asked.Challenge, asked.RP.ID, changes)
	data := append(c.authenticatorData(0x40), make([]byte, 16)...) // AAGUID
	data = binary.BigEndian.AppendUint16(data, uint16(len(c.ID)))
	data = append(append(data, c.ID...), a.publicKey()...)
	clientData := c.clientData()
	return a.answer(c, map[string]any{
		"clientDataJSON":    encode(clientData),
		"attestationObject": encode(a.attestation(t, c, data, clientData)),
		"transports":        []string{"internal"},
	})
}

// Get answers the body of passkeys/login/begin/.
func (a *Authenticator) Get(t testing.TB, options []byte, changes ...func(*Ceremony)) map[string]any {
	t.Helper()
	var asked struct{ Challenge, RPID string }
	require.NoError(t, json.Unmarshal(options, &asked))
	a.Count++
	c := a.ceremony("webauthn.get", asked.Challenge, asked.RPID, changes)
	data, clientData := c.authenticatorData(0), c.clientData()
	response := map[string]any{
		"clientDataJSON":    encode(clientData),
		"authenticatorData": encode(data),
		"signature":         encode(a.sign(t, c, data, clientData)),
	}
	if c.UserHandle != nil {
		response["userHandle"] = encode(c.UserHandle)
	}
	return a.answer(c, response)
}

func (a *Authenticator) ceremony(kind, challenge, rp string, changes []func(*Ceremony)) Ceremony {
	c := Ceremony{
		Type: kind, Challenge: challenge, Origin: a.Origin, RPID: rp, Present: true, Verified: true,
		Count: a.Count, ID: a.ID, UserHandle: a.UserHandle, Format: "none",
	}
	for _, change := range changes {
		change(&c)
	}
	return c
}

func (a *Authenticator) answer(c Ceremony, response map[string]any) map[string]any {
	return map[string]any{
		"id": encode(c.ID), "rawId": encode(c.ID), "type": "public-key", "authenticatorAttachment": "platform",
		"clientExtensionResults": map[string]any{}, "response": response,
	}
}

func (c Ceremony) clientData() []byte {
	text, err := json.Marshal(map[string]any{"type": c.Type, "challenge": c.Challenge, "origin": c.Origin, "crossOrigin": c.CrossOrigin})
	if err != nil {
		panic(err) // texts and a boolean can be encoded
	}
	return text
}

func (c Ceremony) authenticatorData(flags byte) []byte {
	for bit, set := range map[byte]bool{0x01: c.Present, 0x04: c.Verified, 0x08: c.BackupEligible, 0x10: c.BackedUp} {
		if set {
			flags |= bit
		}
	}
	hash := sha256.Sum256([]byte(c.RPID))
	return binary.BigEndian.AppendUint32(append(hash[:], flags), c.Count)
}

func (a *Authenticator) sign(t testing.TB, c Ceremony, data, clientData []byte) []byte {
	t.Helper()
	hash := sha256.Sum256(clientData)
	digest := sha256.Sum256(append(append([]byte{}, data...), hash[:]...))
	signature, err := ecdsa.SignASN1(rand.Reader, a.key, digest[:])
	require.NoError(t, err)
	if c.Forged {
		signature[len(signature)-1] ^= 1
	}
	return signature
}

// publicKey is the COSE_Key in CBOR: {1: 2, 3: -7, -1: 1, -2: x, -3: y}.
func (a *Authenticator) publicKey() []byte {
	point, err := a.key.PublicKey.Bytes()
	if err != nil {
		panic(err) // a key that was made here
	}
	out := append([]byte{0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20}, point[1:33]...)
	return append(append(out, 0x22, 0x58, 0x20), point[33:]...)
}

// attestation is the attestation object in CBOR.
func (a *Authenticator) attestation(t testing.TB, c Ceremony, data, clientData []byte) []byte {
	t.Helper()
	out := append([]byte{0xa3}, cborText("fmt")...)
	out = append(append(out, cborText(c.Format)...), cborText("attStmt")...)
	if c.Format == "packed" {
		out = append(append(append(out, 0xa2), cborText("alg")...), 0x26)
		out = append(append(out, cborText("sig")...), cborBytes(a.sign(t, c, data, clientData))...)
	} else {
		out = append(out, 0xa0)
	}
	return append(append(out, cborText("authData")...), cborBytes(data)...)
}

// cborText encodes a text of fewer than 24 bytes.
func cborText(text string) []byte { return append([]byte{0x60 | byte(len(text))}, text...) }

// cborBytes encodes bytes with a length of two.
func cborBytes(raw []byte) []byte {
	return append(binary.BigEndian.AppendUint16([]byte{0x59}, uint16(len(raw))), raw...)
}

func encode(raw []byte) string { return base64.RawURLEncoding.EncodeToString(raw) }
