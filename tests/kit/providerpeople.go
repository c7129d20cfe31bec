package kit

import (
	"bytes"
	"encoding/json"
	"maps"
	"strings"
)

// directory is what one provider knows.
type directory struct {
	tokens map[string]any    // people, by access token; a text stands for a broken answer
	codes  map[string]object // answers of the token endpoint
}

func newDirectory() *directory {
	return &directory{tokens: map[string]any{}, codes: map[string]object{}}
}

// WithPeople opens the accounts of a table in JSON, a member for every provider:
//
//	{"facebook": {
//		"tokens": {"fb-alice": {"id": "1001", "email": "alice@example.com"}},
//		"codes": {"code-alice": {"access_token": "fb-alice", "token_type": "bearer"}}
//	}}
//
// "tokens" holds what the provider tells about the owner of an access token, and
// "codes" what it answers to an authorization code, any number of times. Google
// may have "certs" (kid to PEM certificate). Members that begin with _ are never
// told: Twitter's "_secret" is the token secret, GitHub's "_emails" the answer of /user/emails (null: there is
// no such page), and "_client" the client that Google or corp issued the token to.
// In Facebook's tokens, "http500" and "notjson" stand for answers that make no sense.
func WithPeople(table []byte) ProviderOption {
	return func(p *FakeProvider) {
		p.t.Helper()
		var read map[ProviderName]struct {
			Tokens map[string]any
			Codes  map[string]object
			Certs  map[string]string
		}
		decoder := json.NewDecoder(bytes.NewReader(table))
		decoder.UseNumber()
		if err := decoder.Decode(&read); err != nil {
			p.t.Fatalf("the table of people cannot be read: %v", err)
		}
		for name, entry := range read {
			known := p.directory(name)
			maps.Copy(known.tokens, entry.Tokens)
			maps.Copy(known.codes, entry.Codes)
			maps.Copy(p.certs, entry.Certs)
		}
	}
}

// AddPerson opens an account at a provider. The person is what the provider tells
// the bearer of the access token, in its own words: /me of Facebook, userinfo of Google
// and corp, /user of GitHub, verify_credentials of Twitter. WithPeople says what members with _ mean.
func (p *FakeProvider) AddPerson(at ProviderName, accessToken string, person map[string]any) {
	p.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.directory(at).tokens[accessToken] = maps.Clone(person)
}

// AddCode makes a code that Facebook, Google or GitHub exchanges for the access
// token. Corp makes its own, for whoever asks its authorization endpoint.
func (p *FakeProvider) AddCode(at ProviderName, code, accessToken string) {
	p.t.Helper()
	if at == Corp || at == Twitter {
		p.t.Fatalf("%s has no such codes", at)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.directory(at).codes[code] = object{"access_token": accessToken, "token_type": "bearer"}
}

func (p *FakeProvider) directory(at ProviderName) *directory {
	p.t.Helper()
	known := p.people[at]
	if known == nil {
		p.t.Fatalf("there is no provider %q", at)
	}
	return known
}

// owner returns the owner of an access token, or nil.
func (p *FakeProvider) owner(at ProviderName, accessToken string) any {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.people[at].tokens[accessToken]
}

// person returns the owner of an access token, if there is a proper one.
func (p *FakeProvider) person(at ProviderName, accessToken string) (object, bool) {
	person, known := p.owner(at, accessToken).(object)
	return person, known
}

// codeAnswer returns what the token endpoint answers to the code.
func (p *FakeProvider) codeAnswer(at ProviderName, code string) (object, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	answer, known := p.people[at].codes[code]
	return answer, known
}

// told leaves out what is the provider's own business.
func told(person object) object {
	public := maps.Clone(person)
	maps.DeleteFunc(public, func(name string, _ any) bool { return strings.HasPrefix(name, "_") })
	return public
}

// textOf returns a member as text; a missing one is empty.
func textOf(person object, name string) string {
	text, _ := person[name].(string)
	return text
}
