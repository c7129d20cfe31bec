package djangosign

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strconv"
	"unicode/utf16"

	"latchkey/domain/accounts"
	"latchkey/domain/jsonobject"
	"latchkey/domain/sessions"
)

// The keys under which django.contrib.auth keeps who is signed in.
const (
	keyAccount     = "_auth_user_id"
	keyBackend     = "_auth_user_backend"
	keyFingerprint = "_auth_user_hash"
)

var errSessionMalformed = errors.New("djangosign: malformed session")

// encodeSession writes compact JSON in ASCII, as Python does. Who is signed in
// comes from the session's own fields and nowhere else: a value under the same
// name must not sign anybody in.
func encodeSession(session *sessions.WebSession) ([]byte, error) {
	values := maps.Clone(session.Values)
	if values == nil {
		values = map[string]any{}
	}
	var account string
	if session.Account != 0 {
		account = strconv.FormatInt(int64(session.Account), 10)
	}
	for key, value := range map[string]string{keyAccount: account, keyBackend: session.Backend, keyFingerprint: session.Fingerprint} {
		delete(values, key)
		if value != "" {
			values[key] = value
		}
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(values); err != nil {
		return nil, fmt.Errorf("djangosign: session: %w", err)
	}
	return ascii(bytes.TrimSuffix(text.Bytes(), []byte("\n"))), nil
}

// ascii escapes what stands outside printable ASCII, which JSON has in strings only.
func ascii(text []byte) []byte {
	escaped := make([]byte, 0, len(text))
	for _, c := range string(text) {
		switch {
		case c < 0x7f:
			escaped = append(escaped, byte(c))
		case c > 0xffff:
			high, low := utf16.EncodeRune(c)
			escaped = fmt.Appendf(escaped, `\u%04x\u%04x`, high, low)
		default:
			escaped = fmt.Appendf(escaped, `\u%04x`, c)
		}
	}
	return escaped
}

// decodeSession changes nothing in session unless all of the text is good.
func decodeSession(text []byte, session *sessions.WebSession) error {
	opened := sessions.WebSession{Key: session.Key, Expires: session.Expires, Values: map[string]any{}}
	var account string
	texts := true // so far
	into := func(field *string, value []byte) {
		said, ok := jsonobject.Text(value)
		*field, texts = said, texts && ok
	}
	whole := jsonobject.Each(text, func(name, value []byte) {
		switch string(name) {
		case keyAccount:
			into(&account, value)
		case keyBackend:
			into(&opened.Backend, value)
		case keyFingerprint:
			into(&opened.Fingerprint, value)
		default:
			opened.Values[string(name)] = decodeValue(value)
		}
	})
	id, err := parseAccount(account)
	if !whole || !texts || err != nil {
		return errSessionMalformed
	}
	opened.Account = id
	*session = opened
	return nil
}

// decodeValue keeps numbers as they are written: a float64 would change large ones.
func decodeValue(value []byte) any {
	decoder := json.NewDecoder(bytes.NewReader(value))
	decoder.UseNumber()
	var decoded any
	_ = decoder.Decode(&decoded) // the value is valid
	return decoded
}

// parseAccount returns zero, an anonymous session, for no text at all.
func parseAccount(text string) (accounts.ID, error) {
	if text == "" {
		return 0, nil
	}
	id, ok := parseCanonicalID(text)
	if !ok {
		return 0, errSessionMalformed
	}
	return accounts.ID(id), nil
}
