package ginhttp

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/go-playground/validator/v10"

	"latchkey/domain/accounts"
	"latchkey/domain/fault"
)

// field is one field of a body, with what DRF's serializers check of its shape.
// What a value means is the domain's business.
type field struct {
	name     string
	label    string
	help     string
	kind     string // as OPTIONS tells it: string, email, integer
	required bool
	// mayBeBlank takes the empty text for a value.
	mayBeBlank bool
	readOnly   bool
	min, max   int // characters; zero: no limit
	checks     []check
	// pattern is what a text must match; nil: anything.
	pattern *regexp.Regexp
}

// check is one validator tag and what is told when it fails.
type check struct {
	tag     string
	message string
}

// form is the fields of a body in the order in which they are told.
type form []field

// shape checks single values. Its tags are the validator's own and those of DRF
// that it lacks.
var shape = newShape()

func newShape() *validator.Validate {
	v := validator.New(validator.WithRequiredStructEnabled())
	for tag, holds := range map[string]func(string) bool{
		"address":  func(text string) bool { _, err := accounts.ParseEmail(text); return err == nil },
		"username": func(text string) bool { _, err := accounts.ParseUsername(text); return err == nil },
	} {
		err := v.RegisterValidation(tag, func(level validator.FieldLevel) bool { return holds(level.Field().String()) })
		if err != nil {
			panic(err) // a wrong tag name: a mistake in the lines above
		}
	}
	return v
}

// values are the fields that came and are well formed.
type values map[string]string

// pointer returns the value, nil when the field did not come or was refused.
func (v values) pointer(name string) *string {
	text, ok := v[name]
	if !ok {
		return nil
	}
	return &text
}

// read checks every field and returns the good values and all refusals. A
// partial read asks for no field.
func (f form) read(in input, partial bool) (values, fault.List) {
	good := values{}
	var refusals fault.List
	for _, fd := range f {
		if fd.readOnly {
			continue
		}
		text, present, messages := fd.read(in, partial)
		for _, message := range messages {
			refusals = append(refusals, fault.New(fault.Invalid, "malformed", message).On(fd.name))
		}
		if present && len(messages) == 0 {
			good[fd.name] = text
		}
	}
	return good, refusals
}

func (fd field) read(in input, partial bool) (text string, present bool, messages []string) {
	came, present := in.field(fd.name)
	if present && in.html && !fd.required && !fd.mayBeBlank && came.kind == kindText && came.text == "" {
		present = false
	}
	if !present {
		if fd.required && !partial {
			messages = []string{"This field is required."}
		}
		return "", false, messages
	}
	if fd.kind == kindJSON && came.kind != kindNull {
		text, messages = in.json(fd.name)
	} else {
		text, messages = fd.check(came)
	}
	return text, true, messages
}

// check follows DRF's CharField: null, type, blank, then all validators.
func (fd field) check(came value) (string, []string) {
	if came.kind == kindNull {
		return "", []string{"This field may not be null."}
	}
	if came.kind == kindOther {
		return "", []string{fd.wrongType()}
	}
	text := strings.TrimFunc(came.text, pythonSpace)
	if text == "" {
		if fd.mayBeBlank {
			return "", nil
		}
		return "", []string{"This field may not be blank."}
	}
	return text, fd.validate(text, came.surrogate)
}

// json returns a field that came as JSON. A form has it as text.
func (in input) json(name string) (string, []string) {
	if raw, came := in.raw[name]; came {
		return string(raw), nil
	}
	v := in.values[name]
	if v.kind != kindText || !json.Valid([]byte(v.text)) {
		return "", []string{"Value must be valid JSON."}
	}
	return v.text, nil
}

func (fd field) wrongType() string {
	if fd.pattern != nil {
		return patternMissed
	}
	if fd.kind == kindEmail {
		return accounts.ErrEmailInvalid.Message
	}
	return "Not a valid string."
}

func (fd field) validate(text string, surrogate rune) []string {
	var messages []string
	for _, c := range fd.checks {
		if shape.Var(text, c.tag) != nil {
			messages = append(messages, c.message)
		}
	}
	messages = append(messages, fd.measure(text)...)
	if strings.IndexByte(text, 0) >= 0 {
		messages = append(messages, "Null characters are not allowed.")
	}
	if surrogate != 0 {
		messages = append(messages, fmt.Sprintf("Surrogate characters are not allowed: U+%X.", surrogate))
	}
	if fd.pattern != nil && (surrogate != 0 || !fd.pattern.MatchString(text)) {
		messages = append(messages, patternMissed)
	}
	if fd.kind == kindEmail && (surrogate != 0 || shape.Var(text, "address") != nil) {
		messages = append(messages, accounts.ErrEmailInvalid.Message)
	}
	return messages
}

// measure says what is wrong with the length of the text.
func (fd field) measure(text string) []string {
	switch length := utf8.RuneCountInString(text); {
	case fd.max > 0 && length > fd.max:
		return []string{tooLong(fd.max)}
	case length < fd.min:
		return []string{fmt.Sprintf("Ensure this field has at least %d characters.", fd.min)}
	}
	return nil
}

const patternMissed = "This value does not match the required pattern."

func tooLong(most int) string {
	return fmt.Sprintf("Ensure this field has no more than %d characters.", most)
}

// pythonSpace is what Python's str.strip takes away.
func pythonSpace(r rune) bool { return unicode.IsSpace(r) || r >= 0x1c && r <= 0x1f }

// The kinds of field.
const (
	kindString  = "string"
	kindEmail   = "email"
	kindInteger = "integer"
	kindPattern = "regex"
	kindJSON    = "field"
	kindList    = "list" // of texts; only told
)

// text makes a field that must come and must not be blank.
func text(name, label string) field {
	return field{name: name, label: label, kind: kindString, required: true}
}

// email makes a field that must come and must be an address.
func email(name, label string) field {
	return field{name: name, label: label, kind: kindEmail, required: true}
}

// pattern makes a field that must come and must match.
func pattern(name, label string, matches *regexp.Regexp) field {
	return field{name: name, label: label, kind: kindPattern, required: true, pattern: matches}
}

// anyJSON makes a field that must come and may be any JSON but null.
func anyJSON(name, label string) field {
	return field{name: name, label: label, kind: kindJSON, required: true}
}

// optional makes the field one that may be left out.
func (fd field) optional() field {
	fd.required = false
	return fd
}

// blank makes the field one that may be empty.
func (fd field) blank() field {
	fd.mayBeBlank = true
	return fd
}

// upTo limits the field's characters.
func (fd field) upTo(characters int) field {
	fd.max = characters
	return fd
}

// fields reads the body by the endpoint's form.
func (c *call) fields(f form, partial bool) (values, fault.List, error) {
	body := c.body()
	if body.err != nil {
		return nil, nil, body.err
	}
	good, refusals := f.read(body.input, partial)
	return good, refusals, nil
}

// complete reads the body by the form, and fails when any field is refused.
func (c *call) complete(f form) (values, error) {
	good, refusals, err := c.fields(f, false)
	if err != nil {
		return nil, err
	}
	return good, refusals.Err()
}
