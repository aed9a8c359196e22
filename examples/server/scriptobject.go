package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
)

// scriptObject writes JSON as people write an object in a script: names
// without quotes where that goes, short lists and objects on one line. What
// JSON.stringify makes of it is that JSON again.
func scriptObject(text []byte) (string, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	v, err := readScript(d)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	v.write(&b, "", "const request = ;")
	return b.String(), nil
}

// A scriptValue is a literal, or the members of a list or an object.
type scriptValue struct {
	literal string
	open    string // "[" or "{", or empty
	names   []string
	members []scriptValue
}

func readScript(d *json.Decoder) (v scriptValue, err error) {
	token, err := d.Token()
	if err != nil {
		return v, err
	}
	delim, ok := token.(json.Delim)
	if !ok {
		v.literal, err = scriptLiteral(token)
		return v, err
	}
	v.open = delim.String()
	for d.More() {
		if delim == '{' {
			name, err := d.Token()
			if err != nil {
				return v, err
			}
			spelled, err := scriptName(name.(string)) // the decoder sees to that
			if err != nil {
				return v, err
			}
			v.names = append(v.names, spelled)
		}
		member, err := readScript(d)
		if err != nil {
			return v, err
		}
		v.members = append(v.members, member)
	}
	_, err = d.Token() // the end
	return v, err
}

func scriptLiteral(token json.Token) (string, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(token); err != nil {
		return "", err
	}
	return strings.TrimSuffix(b.String(), "\n"), nil
}

var scriptIdentifier = regexp.MustCompile(`^[A-Za-z_$][A-Za-z0-9_$]*$`)

// scriptName quotes what is no identifier. Of all names, __proto__ alone is
// not a property's where it stands plainly.
func scriptName(name string) (string, error) {
	if name == "__proto__" {
		return `["__proto__"]`, nil
	}
	if scriptIdentifier.MatchString(name) {
		return name, nil
	}
	return scriptLiteral(name)
}

// lineWidth is how wide a line may be that holds a whole list or object.
const lineWidth = 76

// write writes v after what stands on the line already, which begins with
// indent.
func (v scriptValue) write(b *strings.Builder, indent, line string) {
	if v.open == "" {
		b.WriteString(v.literal)
		return
	}
	if flat := v.flat(); len(line)+len(flat) <= lineWidth && indent != "" {
		b.WriteString(flat)
		return
	}
	b.WriteString(v.open + "\n")
	inner := indent + "  "
	for i, m := range v.members {
		name := v.name(i)
		b.WriteString(inner + name)
		m.write(b, inner, inner+name+",")
		b.WriteString(",\n")
	}
	b.WriteString(indent + v.closing())
}

func (v scriptValue) name(i int) string {
	if v.names == nil {
		return ""
	}
	return v.names[i] + ": "
}

func (v scriptValue) closing() string {
	if v.open == "{" {
		return "}"
	}
	return "]"
}

func (v scriptValue) flat() string {
	if v.open == "" {
		return v.literal
	}
	var parts []string
	for i, m := range v.members {
		parts = append(parts, v.name(i)+m.flat())
	}
	list := strings.Join(parts, ", ")
	if v.open == "{" && list != "" {
		list = fmt.Sprintf(" %s ", list)
	}
	return v.open + list + v.closing()
}
