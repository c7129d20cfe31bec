package inspection

import "slices"

// Severity is how bad a finding is.
type Severity string

// The severities.
const (
	Good    Severity = "ok"
	Warning Severity = "warning"
	Broken  Severity = "broken"
)

// Finding is one result of an examination.
type Finding struct {
	// Check names what was examined.
	Check    string   `json:"check"`
	Severity Severity `json:"severity"`
	// Sentence says what was found, and Advice what to do about it.
	Sentence string `json:"finding"`
	Advice   string `json:"advice,omitempty"`
}

// AnyBroken reports whether one of the findings is Broken.
func AnyBroken(findings []Finding) bool {
	return slices.ContainsFunc(findings, func(f Finding) bool { return f.Severity == Broken })
}

// findings collects those of one check.
type findings struct {
	check string
	all   []Finding
}

func (f *findings) add(severity Severity, sentence, advice string) {
	f.all = append(f.all, Finding{Check: f.check, Severity: severity, Sentence: sentence, Advice: advice})
}

// orGood returns the findings, or that all is well when there are none.
func (f *findings) orGood(sentence string) []Finding {
	if len(f.all) == 0 {
		f.add(Good, sentence, "")
	}
	return f.all
}
