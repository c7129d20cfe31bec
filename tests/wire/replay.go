package wire

import (
	"fmt"
	"strings"
	"time"
)

// Target is a running service, fresh for one scenario.
type Target struct {
	Address  string // host:port
	Database string // its SQLite file, or the URL of its PostgreSQL database
	Profile  Profile
	Now      func() time.Time
	Sleep    func(time.Duration)
	// Mails returns the mails to the address that it has not returned before, oldest first.
	Mails func(to string) []Mail
	// Grace is how long to wait for a mail that should not come.
	Grace time.Duration
}

// Finding is a step whose answer was not the recorded one.
type Finding struct {
	Step        int // from 1; 0 is the scenario's setup
	Title       string
	Differences []string
	Sent        string
	Received    string
}

// String writes the finding as a report to read.
func (f Finding) String() string {
	var out strings.Builder
	fmt.Fprintf(&out, "step %d: %s", f.Step, f.Title)
	for _, difference := range f.Differences {
		fmt.Fprintf(&out, "\n    %s", difference)
	}
	for _, part := range []struct{ label, text string }{{"sent", f.Sent}, {"received", f.Received}} {
		if part.text != "" {
			fmt.Fprintf(&out, "\n  %s:\n%s", part.label, indent(part.text))
		}
	}
	return out.String()
}

func indent(text string) string {
	lines := strings.Split(strings.TrimRight(strings.ReplaceAll(text, "\r", ""), "\n"), "\n")
	return "    | " + strings.Join(lines, "\n    | ")
}

// run is one scenario on its way.
type run struct {
	target   Target
	database *database
	vars     Variables
	findings []Finding
}

// Replay plays the scenario and returns what differed; nothing when all of it
// matched, or was a deviation that the recording accepts.
func Replay(scenario Scenario, target Target) []Finding {
	database, err := openDatabase(target.Database, target.Profile.SecretKey(), target.Now)
	if err != nil {
		return []Finding{{Title: "opening the database", Differences: []string{err.Error()}}}
	}
	defer func() { _ = database.close() }()
	r := &run{target: target, database: database, vars: Variables{}}
	if err := r.setUp(scenario.Setup); err != nil {
		return []Finding{{Title: "setup", Differences: []string{err.Error()}}}
	}
	for i, step := range scenario.Steps {
		if !r.step(i+1, step) {
			break
		}
	}
	return r.findings
}

// step reports whether it makes sense to go on.
func (r *run) step(number int, step Step) bool {
	switch {
	case step.Setup != nil:
		if err := r.setUp(step.Setup); err != nil {
			r.report(Finding{Step: number, Title: "setup", Differences: []string{err.Error()}})
			return false
		}
	case step.Sleep > 0:
		r.target.Sleep(time.Duration(step.Sleep * float64(time.Second)))
	case step.Mail != nil:
		differences, accepted := r.mail(step)
		if !accepted {
			r.report(Finding{Step: number, Title: "mail to " + step.Mail.To, Differences: differences})
		}
	case step.Request != nil:
		r.request(number, step)
	default:
		r.report(Finding{Step: number, Title: "unknown kind of step", Differences: []string{"nothing to do"}})
	}
	return true
}

func (r *run) report(finding Finding) {
	if len(finding.Differences) > 0 {
		r.findings = append(r.findings, finding)
	}
}

func (r *run) request(number int, step Step) {
	finding := Finding{Step: number, Title: title(step)}
	defer func() { r.report(finding) }()
	request, err := step.Request.bytes(r.vars)
	if err != nil {
		finding.Differences = []string{err.Error()}
		return
	}
	finding.Sent = shorten(request)
	now := r.target.Now()
	answer, err := exchange(r.target.Address, step.Request.Method, request, now)
	if err != nil {
		finding.Differences = []string{"request failed: " + err.Error()}
		return
	}
	finding.Received = answer.String()
	finding.Differences = r.judge(step, answer, now)
}

func title(step Step) string {
	text := step.Request.Method + " " + step.Request.Path
	if step.Note != "" {
		text += " (" + step.Note + ")"
	}
	return text
}

// judge compares the answer and captures from it. An accepted deviation need not
// hold what the recorded answer held, so that its captures may fail and its assertions do not count.
func (r *run) judge(step Step, answer Answer, now time.Time) []string {
	compared := comparison{vars: r.vars, key: r.target.Profile.SigningKey(), now: now}
	differences := compared.response(step.Response, answer)
	accepted := len(differences) > 0 && compared.accepted(step, answer)
	err := r.vars.capture(step.Capture, answer)
	if accepted {
		return nil
	}
	if err != nil {
		differences = append(differences, err.Error())
	}
	for _, assertion := range step.Assert {
		if wrong := r.vars.check(assertion); wrong != "" {
			differences = append(differences, wrong)
		}
	}
	return differences
}
