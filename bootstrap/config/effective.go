package config

import (
	"fmt"
	"io"
	"strings"
)

// Line is one setting with the value that is in force.
type Line struct {
	Name  string
	Value string // a text that Load reads as the same value; secrets in it are "[secret]"
}

// Effective returns every setting in the order of the table, defaults included.
func (c Config) Effective() []Line {
	var lines []Line
	for _, s := range Describe() {
		lines = append(lines, Line{Name: s.Name, Value: s.show(c)})
	}
	return lines
}

// WriteTo writes Effective as NAME=value, one a line.
func (c Config) WriteTo(w io.Writer) (int64, error) {
	var b strings.Builder
	for _, line := range c.Effective() {
		fmt.Fprintf(&b, "%s=%s\n", line.Name, line.Value)
	}
	n, err := io.WriteString(w, b.String())
	return int64(n), err
}

// Markdown returns the tables of the README, one for each group.
func Markdown() string {
	var b strings.Builder
	heading := ""
	for _, s := range Describe() {
		if s.Group != heading {
			heading = s.Group
			fmt.Fprintf(&b, "\n### %s\n\n| name | default | meaning |\n|---|---|---|\n", heading)
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", s.nameCell(), s.defaultCell(), s.meaningCell())
	}
	return strings.TrimPrefix(b.String(), "\n")
}

func (s Setting) nameCell() string {
	cell := "`" + s.Name + "`"
	for _, alias := range s.Aliases {
		cell += " (also `" + alias + "`)"
	}
	return cell
}

func (s Setting) defaultCell() string {
	if s.Hardened != "" {
		return s.compatCell() + " (secure: `" + s.Hardened + "`)"
	}
	return s.compatCell()
}

func (s Setting) compatCell() string {
	switch {
	case s.computed:
		return s.Default
	case s.Default == "none":
		return "none"
	case s.Default == "":
		return "empty"
	default:
		return "`" + s.Default + "`"
	}
}

func (s Setting) meaningCell() string {
	meaning := strings.ReplaceAll(s.Meaning, "|", `\|`)
	if !s.Later {
		return meaning
	}
	return strings.TrimSpace(meaning + " *(not there yet)*")
}
