package credentials

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"latchkey/domain/fault"
)

// Subject is what is known about the person who chooses a password. The zero
// Subject says that no account is known yet.
type Subject struct {
	Username  string
	FirstName string
	LastName  string
	Email     string
}

// Rule judges a new password. It is pure (no I/O, no clock), safe for concurrent
// use, and must take time that grows no faster than the password does: strangers
// choose the password, and it may be long.
type Rule interface {
	// Name names the rule in the settings.
	Name() string
	// Check returns a fault of kind Invalid to refuse the password, nil to allow it.
	Check(password Password, subject Subject) error
}

// Check asks every rule and returns all refusals in the order of the rules; it is
// empty when the password is good. A rule that fails with an error that is no
// fault refuses the password as well: a broken rule must not let everything through.
func Check(rules []Rule, password Password, subject Subject) fault.List {
	var refusals fault.List
	for _, rule := range rules {
		err := rule.Check(password, subject)
		if err == nil {
			continue
		}
		told := fault.Of(err)
		if len(told) == 0 {
			told = fault.List{ErrPasswordRefused}
		}
		refusals = append(refusals, told...)
	}
	return refusals
}

const (
	// minLengthDefault is Django's MinimumLengthValidator without options.
	minLengthDefault = 8
	// minLengthMost is the longest password that change and reset take; a greater
	// minimum would refuse every password there.
	minLengthMost = 128
)

// ParseRules makes the rules that the setting AUTH_PASSWORD_VALIDATORS names, in
// its order: "similarity", "length:8" (or "length", which is the same), "common",
// "numeric". The one name "none" gives no rules. The error says which name is
// wrong and what to write instead. An empty list is an error, so that a setting
// that was emptied by mistake does not switch the rules off.
func ParseRules(names []string) ([]Rule, error) {
	if len(names) == 0 {
		return nil, errors.New("no password rule is named; write none if no rule is meant")
	}
	if len(names) == 1 && strings.TrimSpace(names[0]) == "none" {
		return nil, nil
	}
	rules := make([]Rule, 0, len(names))
	for _, name := range names {
		rule, err := parseRule(strings.TrimSpace(name))
		if err != nil {
			return nil, err
		}
		same := func(r Rule) bool { return r.Name() == rule.Name() }
		if slices.ContainsFunc(rules, same) {
			return nil, fmt.Errorf("the password rule %s is named twice; name it once", rule.Name())
		}
		rules = append(rules, rule)
	}
	return rules, nil
}

func parseRule(text string) (Rule, error) {
	name, parameter, given := strings.Cut(text, ":")
	switch {
	case name == "length" && given:
		return parseMinLength(parameter)
	case name == "length":
		return MinLength(minLengthDefault), nil
	case name == "none":
		return nil, errors.New("the password rule none stands alone; remove it or the other rules")
	}
	for _, rule := range []Rule{Dissimilar(), Uncommon(), NotNumeric()} {
		if rule.Name() != name {
			continue
		}
		if given {
			return nil, fmt.Errorf("the password rule %s takes no parameter; write %s instead of %q", name, name, text)
		}
		return rule, nil
	}
	return nil, fmt.Errorf("there is no password rule %q; write similarity, length:8, common, numeric or none", text)
}

func parseMinLength(parameter string) (Rule, error) {
	n, err := strconv.Atoi(parameter)
	if err != nil || n < 1 || n > minLengthMost {
		return nil, fmt.Errorf("%q is no length for the password rule length; write a number from 1 to %d, as in length:%d",
			parameter, minLengthMost, minLengthDefault)
	}
	return MinLength(n), nil
}
