package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// fileLimit bounds the file, so that a path given by mistake (a device, a
// database) does not fill the memory.
const fileLimit = 256 << 10

// depthLimit is more than any setting needs.
const depthLimit = 8

// readLimited returns the content of a file of at most fileLimit bytes.
func readLimited(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, reason(err)
	}
	defer func() { _ = f.Close() }()
	content, err := io.ReadAll(io.LimitReader(f, fileLimit+1))
	if err != nil {
		return nil, reason(err)
	}
	if len(content) > fileLimit {
		return nil, fmt.Errorf("it is larger than %d bytes", fileLimit)
	}
	return content, nil
}

// reason drops operation and path from an error of package os.
func reason(err error) error {
	if inner := errors.Unwrap(err); inner != nil {
		return inner
	}
	return err
}

// parseYAML returns the entries of the one mapping that content holds. Its
// errors are sentences that name a line and never quote what stands there: it
// may be a secret.
func parseYAML(content []byte) ([]entry, error) {
	if !utf8.Valid(content) {
		return nil, advice("write it in UTF-8")
	}
	content = bytes.TrimPrefix(content, []byte("\ufeff")) // editors on Windows begin files with it
	// Keys that stand twice are reported with all the other problems.
	file, err := parser.ParseBytes(content, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		return nil, syntax(err)
	}
	var bodies []ast.Node
	for _, doc := range file.Docs {
		if doc.Body != nil {
			bodies = append(bodies, doc.Body)
		}
	}
	switch len(bodies) {
	case 0:
		return nil, nil
	case 1:
		return root(bodies[0])
	default:
		return nil, advice("write one YAML document")
	}
}

func root(body ast.Node) ([]entry, error) {
	n, err := convert(body, 0)
	if err != nil {
		return nil, err
	}
	if n.kind != kindMapping {
		return nil, advice(`write a YAML mapping, one "name: value" a line`)
	}
	return n.entries, nil
}

func syntax(err error) error {
	var located yaml.Error
	if errors.As(err, &located) && located.GetToken() != nil {
		at := located.GetToken().Position
		return advice(fmt.Sprintf("correct the YAML in line %d, column %d, with quotes around values that contain colons, brackets or braces", at.Line, at.Column))
	}
	return advice("correct the YAML")
}

// convert copies the plain subset of YAML. Anchors, aliases, merges and tags are
// refused: they can make a small file huge, and say nothing a setting needs.
func convert(n ast.Node, depth int) (node, error) {
	if depth > depthLimit {
		return node{}, advice(fmt.Sprintf("nest less deeply in line %d", line(n)))
	}
	switch n := n.(type) {
	case ast.MapNode:
		return convertMapping(n, depth)
	case *ast.SequenceNode:
		return convertList(n, depth)
	case *ast.NullNode:
		return scalar(""), nil
	case *ast.StringNode:
		return scalar(n.Value), nil
	case *ast.LiteralNode:
		return scalar(n.Value.Value), nil
	case *ast.BoolNode, *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		return scalar(n.GetToken().Value), nil
	default:
		return node{}, advice(fmt.Sprintf("write plain values without anchors, aliases and tags in line %d", line(n)))
	}
}

func convertMapping(m ast.MapNode, depth int) (node, error) {
	result := node{kind: kindMapping}
	for pairs := m.MapRange(); pairs.Next(); {
		key, ok := pairs.Key().(*ast.StringNode)
		if !ok {
			return node{}, advice(fmt.Sprintf("write a name before the colon in line %d", line(pairs.Key())))
		}
		value, err := convert(pairs.Value(), depth+1)
		if err != nil {
			return node{}, err
		}
		result.entries = append(result.entries, entry{key: key.Value, value: value, line: line(key)})
	}
	return result, nil
}

func convertList(s *ast.SequenceNode, depth int) (node, error) {
	result := node{kind: kindList}
	for _, v := range s.Values {
		item, err := convert(v, depth+1)
		if err != nil {
			return node{}, err
		}
		result.items = append(result.items, item)
	}
	return result, nil
}

func line(n ast.Node) int {
	if n == nil || n.GetToken() == nil || n.GetToken().Position == nil {
		return 0
	}
	return n.GetToken().Position.Line
}
