package config

import "strings"

// node is a value as a source wrote it: text, a list, or a mapping. YAML's
// numbers and truth values are kept as the text that stands in the file.
type node struct {
	kind    nodeKind
	text    string  // of a text
	items   []node  // of a list
	entries []entry // of a mapping
}

type nodeKind int

const (
	kindText nodeKind = iota
	kindList
	kindMapping
)

// entry is one line of a mapping.
type entry struct {
	key   string
	value node
	line  int
}

// scalar makes the node of a text.
func scalar(s string) node { return node{kind: kindText, text: s} }

// single returns the text of a value that is not a list or a mapping.
func (n node) single() (string, error) {
	if n.kind != kindText {
		return "", advice("write one value")
	}
	return n.text, nil
}

// elements returns the texts of a list, or of a text with commas. The empty text
// and "none" are the empty list.
func (n node) elements() ([]string, error) {
	switch n.kind {
	case kindText:
		return splitList(n.text)
	case kindList:
		return n.texts()
	default:
		return nil, advice("write a list")
	}
}

func (n node) texts() ([]string, error) {
	var texts []string
	for _, item := range n.items {
		if item.kind != kindText {
			return nil, advice("write a list of plain values, with quotes around those that contain a colon")
		}
		texts = append(texts, item.text)
	}
	if len(texts) == 1 && isNone(texts[0]) {
		return nil, nil
	}
	return noGaps(texts)
}

func splitList(s string) ([]string, error) {
	if isNone(s) {
		return nil, nil
	}
	texts := strings.Split(s, ",")
	for i := range texts {
		texts[i] = strings.TrimSpace(texts[i])
	}
	return noGaps(texts)
}

func noGaps(texts []string) ([]string, error) {
	for _, s := range texts {
		if s == "" {
			return nil, advice("remove the empty item")
		}
	}
	return texts, nil
}

// isNone reports whether s says "not set".
func isNone(s string) bool {
	s = strings.TrimSpace(s)
	return s == "" || strings.EqualFold(s, "none")
}

// plain returns what a message shows of the value.
func (n node) plain() string {
	if n.kind == kindText {
		return n.text
	}
	parts := make([]string, len(n.items))
	for i, item := range n.items {
		parts[i] = item.plain()
	}
	return strings.Join(parts, ",")
}
