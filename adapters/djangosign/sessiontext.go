package djangosign

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"strconv"
	"unicode/utf16"

	"latchkey/domain/accounts"
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
	values, err := decodeObject(text)
	if err != nil {
		return err
	}
	opened := *session
	account, ok1 := take(values, keyAccount)
	backend, ok2 := take(values, keyBackend)
	fingerprint, ok3 := take(values, keyFingerprint)
	id, err := parseAccount(account)
	if err != nil || !ok1 || !ok2 || !ok3 {
		return errSessionMalformed
	}
	opened.Account, opened.Backend, opened.Fingerprint, opened.Values = id, backend, fingerprint, values
	*session = opened
	return nil
}

// decodeObject keeps numbers as they are written: a float64 would change large ones.
func decodeObject(text []byte) (map[string]any, error) {
	var values map[string]any
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&values); err != nil || values == nil {
		return nil, errSessionMalformed
	}
	if _, err := decoder.Token(); err != io.EOF {
		return nil, errSessionMalformed
	}
	return values, nil
}

// take removes a text from values; ok is false when there is something else under the key.
func take(values map[string]any, key string) (text string, ok bool) {
	value, there := values[key]
	delete(values, key)
	if !there {
		return "", true
	}
	text, ok = value.(string)
	return text, ok
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
