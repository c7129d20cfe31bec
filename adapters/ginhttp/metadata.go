package ginhttp

import "net/http"

// metadata is what OPTIONS tells of an endpoint: DRF's SimpleMetadata.
type metadata struct {
	Name        string               `json:"name"`
	Description string               `json:"description"`
	Renders     []string             `json:"renders"`
	Parses      []string             `json:"parses"`
	Actions     map[string]fieldInfo `json:"actions,omitempty"`
}

// fieldInfo writes the fields of a form as an object, in their order.
type fieldInfo form

// describe answers OPTIONS.
func (e *endpoint) describe(c *call) (answer, error) {
	told := metadata{
		Name:        e.name,
		Description: e.describes,
		Renders:     []string{"application/json"},
		Parses:      []string{"application/json", "application/x-www-form-urlencoded", "multipart/form-data"},
	}
	if e.formOf != "" && (e.tellsOf == nil || e.tellsOf(c)) {
		told.Actions = map[string]fieldInfo{e.formOf: fieldInfo(e.form)}
	}
	return answer{status: http.StatusOK, body: told}, nil
}

// MarshalJSON implements json.Marshaler.
func (f fieldInfo) MarshalJSON() ([]byte, error) {
	fields := make(object, len(f))
	for i, fd := range f {
		fields[i] = member{fd.name, fd.told()}
	}
	return encodeJSON(fields)
}

func (fd field) told() any {
	var child any
	if fd.kind == kindList {
		child = text("", "").told()
	}
	return struct {
		Type     string `json:"type"`
		Required bool   `json:"required"`
		ReadOnly bool   `json:"read_only"`
		Label    string `json:"label,omitempty"`
		Help     string `json:"help_text,omitempty"`
		Min      int    `json:"min_length,omitempty"`
		Max      int    `json:"max_length,omitempty"`
		Child    any    `json:"child,omitempty"`
	}{fd.kind, fd.required && !fd.readOnly, fd.readOnly, fd.label, fd.help, fd.min, fd.max, child}
}
