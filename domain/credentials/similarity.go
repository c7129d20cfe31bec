package credentials

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxSimilarity is the default of Django's UserAttributeSimilarityValidator: the
// share of characters in common from which on a password is refused.
const maxSimilarity = 0.7

type dissimilar struct{}

// Dissimilar refuses passwords that are made of what everybody knows about the
// account, as Django's UserAttributeSimilarityValidator does: user name, first
// name, last name and e-mail address, whole and in parts, without case. Lower
// case is Unicode's simple mapping, which differs from Python's for "İ" and for
// a sigma at the end of a word.
func Dissimilar() Rule { return dissimilar{} }

// Name returns "similarity".
func (dissimilar) Name() string { return "similarity" }

// Check returns ErrTooSimilar, which names the first attribute that is too similar.
func (dissimilar) Check(password Password, subject Subject) error {
	chosen := newLetters(strings.ToLower(password.Reveal()))
	attributes := []struct{ name, value string }{
		{"username", subject.Username},
		{"first name", subject.FirstName},
		{"last name", subject.LastName},
		{"email address", subject.Email},
	}
	for _, a := range attributes {
		if slices.ContainsFunc(parts(a.value), chosen.similarTo) {
			return ErrTooSimilar.Saying("The password is too similar to the " + a.name + ".")
		}
	}
	return nil
}

// parts returns the words of value in lower case, and then the whole of it; none
// of them is empty.
func parts(value string) []string {
	if value == "" {
		return nil
	}
	lower := strings.ToLower(value)
	return append(strings.FieldsFunc(lower, separates), lower)
}

// separates is Python's \W.
func separates(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) && r != '_' }

// letters is a text as a bag of characters. The password's is made once: comparing
// it with a part then costs what the part is long, however long the password is.
type letters struct {
	count  map[rune]int
	length int
}

func newLetters(text string) letters {
	l := letters{count: make(map[rune]int)}
	for _, r := range text {
		l.count[r]++
		l.length++
	}
	return l
}

// similarTo is quick_ratio of Python's difflib.SequenceMatcher against the limit:
// the characters that both texts have, twice, over the length of both.
func (l letters) similarTo(part string) bool {
	length := utf8.RuneCountInString(part)
	if l.dwarfs(length) {
		return false
	}
	taken, common := make(map[rune]int), 0
	for _, r := range part {
		if taken[r] < l.count[r] {
			taken[r]++
			common++
		}
	}
	return 2*float64(common)/float64(l.length+length) >= maxSimilarity
}

// dwarfs is Django's exceeds_maximum_length_ratio: the text is so much longer than
// a part of the given length that they cannot be similar.
func (l letters) dwarfs(part int) bool {
	return l.length >= 10*part && float64(part) < maxSimilarity/2*float64(l.length)
}
