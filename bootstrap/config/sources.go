package config

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// prefix marks the variables of the environment that are ours.
const prefix = "LATCHKEY_"

func (r *reader) complain(format string, arguments ...any) {
	r.problems = append(r.problems, fmt.Sprintf(format, arguments...))
}

// readFile collects the settings of a file.
func (r *reader) readFile(path string) {
	content, err := readLimited(path)
	if err != nil {
		r.complain("The configuration file %s cannot be read (%s): write the path of a readable YAML file.", quote(path), err)
		return
	}
	r.readYAML(filepath.Base(path), content)
}

func (r *reader) readYAML(name string, content []byte) {
	entries, err := parseYAML(content)
	if err != nil {
		r.complain("The configuration file %s cannot be understood: %s.", quote(name), err)
		return
	}
	written := map[string]string{}
	for _, e := range entries {
		setting, ok := r.known[strings.ToUpper(e.key)]
		if !ok || !oneCase(e.key) {
			r.complain("%s in line %d of %s is not a setting: did you mean %s?", quote(e.key), e.line, name, strings.ToLower(r.nearest(e.key)))
			continue
		}
		label := fmt.Sprintf("%s in line %d of %s", e.key, e.line, name)
		r.note(written, setting, e.key, given{label: label, value: e.value})
	}
}

// oneCase reports whether a key is written in lower or in upper case throughout.
func oneCase(key string) bool { return key == strings.ToLower(key) || key == strings.ToUpper(key) }

// readEnvironment collects the settings of the environment over those of the file.
func (r *reader) readEnvironment(environ []string) {
	written := map[string]string{}
	for _, e := range slices.Sorted(slices.Values(environ)) {
		variable, value, _ := strings.Cut(e, "=")
		name, ours := strings.CutPrefix(variable, prefix)
		if !ours {
			continue
		}
		setting, ok := r.known[name]
		if !ok {
			r.complain("%s is not a setting: did you mean %s?", quote(variable), prefix+r.nearest(name))
			continue
		}
		r.note(written, setting, variable, given{label: variable, value: scalar(value)})
	}
}

// note remembers a value, unless the same source has already given the setting
// one: which of two wins would be an accident.
func (r *reader) note(written map[string]string, setting, as string, g given) {
	if other, twice := written[setting]; twice {
		r.complain("%s says the same as %s: write one of them.", g.label, other)
		return
	}
	written[setting] = as
	r.found[setting] = g
}

// nearest returns the known name with the fewest changes to what was written.
func (r *reader) nearest(written string) string {
	written = strings.TrimPrefix(strings.ToUpper(shorten(written)), prefix)
	return slices.MinFunc(r.names(), func(a, b string) int { return distance(written, a) - distance(written, b) })
}

// shorten bounds a name that was never ours.
func shorten(name string) string {
	if len(name) > quoteLimit {
		return strings.ToValidUTF8(name[:quoteLimit], "")
	}
	return name
}

// distance is the number of characters to insert, remove or replace to make b of
// a (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		corner := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replace := corner
			if a[i] != b[j] {
				replace++
			}
			corner = row[j+1]
			row[j+1] = min(replace, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
