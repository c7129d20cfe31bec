package wire

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// directive is the argument of a setup verb.
type directive map[string]any

func (d directive) text(name string) string { return d.textOr(name, "") }

func (d directive) textOr(name, otherwise string) string {
	if text, given := d[name].(string); given {
		return text
	}
	return otherwise
}

func (d directive) flag(name string, otherwise bool) bool {
	if flag, given := d[name].(bool); given {
		return flag
	}
	return otherwise
}

func (d directive) object(name string) map[string]any {
	object, _ := d[name].(map[string]any)
	return object
}

// ago is the time that lies the directive's age before now; a negative age lies ahead.
func (d directive) ago(now time.Time) time.Time {
	age, _ := number(d["age"])
	return now.Add(-time.Duration(age * float64(time.Second)))
}

// setUp carries out directives, and keeps in the variables what they capture.
func (r *run) setUp(directives []Directive) error {
	for _, entry := range directives {
		for verb, argument := range entry {
			if err := r.do(verb, r.vars.fill(argument)); err != nil {
				return fmt.Errorf("setup %s %s: %w", verb, show(argument), err)
			}
		}
	}
	return nil
}

func (r *run) do(verb string, argument any) error {
	d, _ := argument.(map[string]any)
	switch verb {
	case "set_var":
		for name, value := range d {
			r.vars[name] = value
		}
		return nil
	case "mint_jwt":
		minted, err := mintJWT(d, r.target.Profile, r.target.Now())
		r.vars[directive(d).text("as")] = minted
		return err
	case "totp":
		return r.makeTOTP(d)
	case "upper":
		r.vars[directive(d).text("as")] = strings.ToUpper(directive(d).text("value"))
		return nil
	case "strip":
		r.vars[directive(d).text("as")] = strings.ReplaceAll(directive(d).text("value"), "-", "")
		return nil
	case "user_handle":
		r.makeUserHandle(d)
		return nil
	case "webauthn_create":
		return r.makeCredential(d)
	case "webauthn_get":
		return r.makeAssertion(d)
	default:
		return r.database.do(verb, argument, r.vars)
	}
}

func decimal(n int64) string { return strconv.FormatInt(n, 10) }
