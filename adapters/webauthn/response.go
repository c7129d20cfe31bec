package webauthn

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
)

// maxResponse bounds an answer in bytes. The longest sensible one has an id of 1023 bytes and an RSA key.
const maxResponse = 1 << 16

var errResponse = errors.New("webauthn: not the answer of an authenticator")

// response is an answer as far as it is looked at. What else browsers put in, such as
// the outputs of extensions that nobody asked for, cannot make it fail.
type response struct {
	ID, RawID, Type *string
	rawID           []byte
	inner           members
	outer           members
}

// members are those of a JSON object.
type members map[string]json.RawMessage

// readMembers returns nil for what is no object.
func readMembers(text []byte) members {
	var all members
	if len(text) > maxResponse || json.Unmarshal(text, &all) != nil {
		return nil
	}
	return all
}

// text returns the member when it is a string.
func (m members) text(name string) *string {
	var text *string
	if json.Unmarshal(m[name], &text) != nil {
		return nil
	}
	return text
}

// bytes returns what the member has in base64url.
func (m members) bytes(name string) ([]byte, error) {
	text := m.text(name)
	if text == nil {
		return nil, errResponse
	}
	return decode(*text)
}

// texts returns the member when it is a list, and of that the strings.
func (m members) texts(name string) []string {
	var list []json.RawMessage
	if json.Unmarshal(m[name], &list) != nil || list == nil {
		return nil
	}
	texts := []string{}
	for _, item := range list {
		var text *string
		if json.Unmarshal(item, &text) == nil && text != nil {
			texts = append(texts, *text)
		}
	}
	return texts
}

// decode reads base64url, and as upstream does also with padding or in the other alphabet.
func decode(text string) ([]byte, error) {
	text = strings.NewReplacer("+", "-", "/", "_").Replace(strings.TrimRight(text, "="))
	if strings.ContainsAny(text, "\r\n") {
		return nil, errResponse // the decoder would skip them
	}
	return base64.RawURLEncoding.DecodeString(text)
}

// read takes an answer apart. Its id must be that of its rawId, to the letter.
func read(text []byte) (response, error) {
	outer := readMembers(text)
	in := response{
		ID: outer.text("id"), RawID: outer.text("rawId"), Type: outer.text("type"),
		inner: readMembers(outer["response"]), outer: outer,
	}
	if in.ID == nil || in.RawID == nil || in.Type == nil || in.inner == nil {
		return response{}, errResponse
	}
	var err error
	in.rawID, err = decode(*in.RawID)
	if err != nil || *in.ID != base64.RawURLEncoding.EncodeToString(in.rawID) {
		return response{}, errResponse
	}
	return in, nil
}

// transports are read where browsers put them, unless a client has put a list at the top, as
// upstream's guides do.
func (r response) transports() []string {
	if top := r.outer.texts("transports"); top != nil {
		return top
	}
	return r.inner.texts("transports")
}

// discoverable is what the browser says of that in the outputs of extensions (WebAuthn Level 2, section 10.1.3),
// and true as upstream has it where it says nothing: browsers tell only who asks them.
func (r response) discoverable() bool {
	var resident *bool
	properties := readMembers(readMembers(r.outer["clientExtensionResults"])["credProps"])
	if json.Unmarshal(properties["rk"], &resident) != nil || resident == nil {
		return true
	}
	return *resident
}
