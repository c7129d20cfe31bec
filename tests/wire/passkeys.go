package wire

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// ceremonyArguments are those of the directives that make an authenticator's answer. Others are
// refused: an unknown one would silently make an answer that lies about nothing.
var ceremonyArguments = []string{
	"as", "key", "alg", "options", "origin", "rp_id", "challenge", "type", "cross_origin", "client_data",
	"up", "uv", "be", "bs", "sign_count", "credential_id", "truncate", "signing_key", "bad_signature",
	"transports", "response_transports", "user_handle", "set", "unset", "as_string",
}

// makeCredential keeps in a variable what a browser would send to register a passkey.
func (r *run) makeCredential(d directive) error {
	holder, err := ceremonyOf(d)
	if err != nil {
		return err
	}
	id := holder.id
	if text, given := d["credential_id"].(string); given {
		if id, err = base64.RawURLEncoding.DecodeString(text); err != nil {
			return err
		}
	}
	party, _ := d.object("options")["rp"].(map[string]any)
	data := append(authenticatorData(d, d.textOr("rp_id", directive(party).textOr("id", "example.com")), 0x40), make([]byte, 16)...)
	data = append(append(binary.BigEndian.AppendUint16(data, uint16(len(id))), id...), holder.cose...)
	data = data[:max(len(data)-int(d.whole("truncate", 0)), 0)]
	told, given := d["response_transports"]
	if !given {
		told = []any{}
	}
	clientData, err := clientDataOf(d, "webauthn.create")
	if err != nil {
		return err
	}
	made := answerOf(id, map[string]any{
		"clientDataJSON": base64url(clientData), "attestationObject": base64url(attestationObject(data)), "transports": told,
	})
	if transports, given := d["transports"]; given {
		made["transports"] = transports
	}
	return r.keepAnswer(d, made)
}

// makeAssertion keeps in a variable what a browser would send to sign in by a passkey.
func (r *run) makeAssertion(d directive) error {
	holder, err := ceremonyOf(d)
	if err != nil {
		return err
	}
	signer := holder
	if name, given := d["signing_key"].(string); given {
		if signer, err = newAuthenticator(name, d.textOr("alg", "ES256")); err != nil {
			return err
		}
	}
	clientData, err := clientDataOf(d, "webauthn.get")
	if err != nil {
		return err
	}
	data := authenticatorData(d, d.textOr("rp_id", directive(d.object("options")).textOr("rpId", "example.com")), 0)
	signature, err := signer.sign(slices.Concat(data, digestOf(string(clientData))))
	if err != nil {
		return err
	}
	if d.flag("bad_signature", false) {
		signature[len(signature)-1] ^= 1
	}
	return r.keepAnswer(d, answerOf(holder.id, map[string]any{
		"clientDataJSON": base64url(clientData), "authenticatorData": base64url(data),
		"signature": base64url(signature), "userHandle": d["user_handle"],
	}))
}

func ceremonyOf(d directive) (authenticator, error) {
	for name := range d {
		if !slices.Contains(ceremonyArguments, name) {
			return authenticator{}, fmt.Errorf("unknown argument %q", name)
		}
	}
	return newAuthenticator(d.text("key"), d.textOr("alg", "ES256"))
}

// clientDataOf is what the browser says of the page.
func clientDataOf(d directive, kind string) ([]byte, error) {
	said := map[string]any{
		"type":        kind,
		"challenge":   directive(d.object("options")).text("challenge"),
		"origin":      "https://example.com",
		"crossOrigin": false,
	}
	// Of any type: a page that lies need not send text.
	for argument, name := range map[string]string{"type": "type", "challenge": "challenge", "origin": "origin", "cross_origin": "crossOrigin"} {
		if value, given := d[argument]; given {
			said[name] = value
		}
	}
	maps.Copy(said, d.object("client_data"))
	return encodeJSON(said, false)
}

func answerOf(id []byte, response map[string]any) map[string]any {
	return map[string]any{
		"id": base64url(id), "rawId": base64url(id), "type": "public-key", "authenticatorAttachment": "platform",
		"clientExtensionResults": map[string]any{}, "response": response,
	}
}

// keepAnswer changes the finished answer as the directive wants.
func (r *run) keepAnswer(d directive, made map[string]any) error {
	for path, value := range d.object("set") {
		holder, name := holderOf(made, path)
		holder[name] = value
	}
	for _, path := range texts(d["unset"]) {
		holder, name := holderOf(made, path)
		delete(holder, name)
	}
	r.vars[d.text("as")] = made
	if d.flag("as_string", false) {
		text, err := encodeJSON(made, false)
		r.vars[d.text("as")] = string(text)
		return err
	}
	return nil
}

// holderOf returns the object that has the last name of the path.
func holderOf(object map[string]any, path string) (holder map[string]any, name string) {
	for {
		first, rest, more := strings.Cut(path, ".")
		if !more {
			return object, first
		}
		object, _ = object[first].(map[string]any)
		path = rest
	}
}

// makeUserHandle is the one that dj-rest-auth gives: the primary key as text.
func (r *run) makeUserHandle(d directive) {
	r.vars[d.text("as")] = base64url([]byte(plainText(d["user_id"])))
}

// createPasskey stores a passkey as dj-rest-auth does.
func (d *database) createPasskey(a directive, vars Variables) error {
	user, err := d.user(a.text("user"))
	if err != nil {
		return err
	}
	holder, err := newAuthenticator(a.text("key"), a.textOr("alg", "ES256"))
	if err != nil {
		return err
	}
	transports := []byte("[]")
	if given, told := a["transports"]; told {
		if transports, err = json.Marshal(given); err != nil {
			return err
		}
	}
	var id int64
	err = d.row(`INSERT INTO passkeys_webauthncredential
		(user_id, name, credential_id, public_key, sign_count, transports, discoverable, created_at, last_used_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL) RETURNING id`,
		user, a.textOr("name", a.text("key")), holder.id, holder.cose, a.whole("sign_count", 0), string(transports), true, d.stored()).Scan(&id)
	keep(a, vars, id)
	return err
}
