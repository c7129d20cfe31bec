package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
)

// Scenario is a recorded conversation with the service.
type Scenario struct {
	Name    string      `json:"name"`
	Profile string      `json:"profile"`
	Setup   []Directive `json:"setup"`
	Steps   []Step      `json:"steps"`
}

// Directive is one entry of a setup: a verb and its argument.
type Directive map[string]any

// Step is a request, a look into a mailbox, a pause or a change of the database;
// exactly one of Request, Mail, Sleep and Setup is set.
type Step struct {
	Note string `json:"note"`

	Request      *Request          `json:"request"`
	Response     Response          `json:"response"`
	Capture      map[string]string `json:"capture"`
	Assert       []string          `json:"assert"`
	RawBody      bool              `json:"raw_body"`
	ExtraHeaders []string          `json:"extra_headers"`

	Mail   *MailStep      `json:"mail"`
	Result map[string]any `json:"result"`

	Sleep float64     `json:"sleep"`
	Setup []Directive `json:"setup"`

	Deviation Deviation `json:"deviation"`
}

// Request is what is sent. Of the bodies at most one is set; a null header removes a default one.
type Request struct {
	Method    string             `json:"method"`
	Path      string             `json:"path"`
	Headers   map[string]*string `json:"headers"`
	Cookies   map[string]string  `json:"cookies"`
	JSON      *any               `json:"-"`
	ASCII     bool               `json:"ascii"`
	Form      map[string]any     `json:"form"`
	Multipart map[string]any     `json:"multipart"`
	Raw       *string            `json:"raw"`
	RawBase64 []byte             `json:"raw_b64"`
}

// Response is the recorded answer.
type Response struct {
	Status       int                `json:"status"`
	Headers      map[string]string  `json:"headers"`
	Cookies      []map[string]any   `json:"cookies"`
	BodyKind     string             `json:"body_kind"`
	Body         any                `json:"body"`
	Raw          *string            `json:"raw"`
	ExtraHeaders map[string]*string `json:"extra_headers"`
}

// MailStep reads the unread mails to an address.
type MailStep struct {
	To      string            `json:"to"`
	Expect  string            `json:"expect"`
	Extract map[string]string `json:"extract"`
}

// Deviation lists the answers that are accepted beside the recorded one, because
// the recorded one is a defect that a better server need not have.
type Deviation struct {
	Reason string       `json:"reason"`
	Accept []Acceptance `json:"accept"`
}

// Acceptance is one of them. Its members are present or absent, which matters:
// a null body is something else than no word about the body.
type Acceptance map[string]any

// UnmarshalJSON tells a body of null from no body.
func (r *Request) UnmarshalJSON(text []byte) error {
	type plain Request
	if err := decode(text, (*plain)(r)); err != nil {
		return err
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(text, &members); err != nil {
		return err
	}
	raw, present := members["json"]
	if !present {
		return nil
	}
	r.JSON = new(any)
	return decode(withStandIns(raw), r.JSON)
}

// Load reads the scenarios in the folder, in the order of their file names.
func Load(folder fs.FS) ([]Scenario, error) {
	names, err := fs.Glob(folder, "*.json")
	if err != nil {
		return nil, err
	}
	scenarios := make([]Scenario, len(names))
	for i, name := range names {
		text, err := fs.ReadFile(folder, name)
		if err != nil {
			return nil, err
		}
		if err := decode(text, &scenarios[i]); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return scenarios, nil
}

// decode reads one JSON value and nothing behind it. Numbers keep their text: a
// request must carry 1000.0 as it was recorded, and 1 is not 1.0 in an answer.
func decode(text []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(into); err != nil {
		return err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errors.New("more than one JSON value")
	}
	return nil
}
