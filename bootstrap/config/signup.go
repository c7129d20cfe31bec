package config

import "strings"

// SignupFields says which fields registration has.
type SignupFields struct {
	Email, Username, Password1, Password2 Field
}

// Field says whether a field is there and whether it must be filled in.
type Field struct {
	Present, Required bool
}

// at returns the field of a name, nil when there is none.
func (f *SignupFields) at(name string) *Field {
	switch name {
	case "email":
		return &f.Email
	case "username":
		return &f.Username
	case "password1":
		return &f.Password1
	case "password2":
		return &f.Password2
	default:
		return nil
	}
}

var signupNames = []string{"email", "username", "password1", "password2"}

// signupFields reads allauth's notation: names, those with a star are required.
var signupFields = codec[SignupFields]{
	parse: func(n node) (SignupFields, error) {
		texts, err := n.elements()
		if err != nil {
			return SignupFields{}, err
		}
		return parseSignup(texts)
	},
	show: showSignup,
}

func parseSignup(texts []string) (SignupFields, error) {
	var fields SignupFields
	for _, s := range texts {
		name, required := strings.CutSuffix(strings.TrimSpace(s), "*")
		field := fields.at(name)
		if field == nil {
			return SignupFields{}, advice("write some of email, username, password1 and password2, with * behind those that are required")
		}
		if field.Present {
			return SignupFields{}, advice("write every field once")
		}
		*field = Field{Present: true, Required: required}
	}
	if !fields.Password1.Present {
		return SignupFields{}, advice("write password1* as well: nobody could choose a password")
	}
	return fields, nil
}

func showSignup(fields SignupFields) string {
	var texts []string
	for _, name := range signupNames {
		switch field := fields.at(name); {
		case field.Required:
			texts = append(texts, name+"*")
		case field.Present:
			texts = append(texts, name)
		}
	}
	return strings.Join(texts, ",")
}
