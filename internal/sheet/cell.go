package sheet

import (
	"encoding/xml"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// content is what stands in a cell's element.
type content struct {
	value, inline   string
	formula, linked bool
}

func (s *scan) content() (content, error) {
	var c content
	for {
		token, err := s.p.Token()
		if err != nil {
			return c, err
		}
		t, ok := token.(xml.StartElement)
		if !ok {
			if _, end := token.(xml.EndElement); end {
				return c, nil
			}
			continue
		}
		switch t.Name.Local {
		case "v":
			c.value, err = plain(s.p)
		case "is":
			c.inline, err = richText(s.p)
		case "f":
			c.formula = true
			c.linked, err = s.formula(t)
		default:
			err = s.p.Skip()
		}
		if err != nil {
			return c, err
		}
	}
}

// formula tells whether a formula takes something from another workbook.
func (s *scan) formula(start xml.StartElement) (bool, error) {
	number := ""
	if attr(start, "t") == "shared" {
		number = attr(start, "si")
	}
	text, err := plain(s.p)
	if linksOut(text) && number != "" {
		s.linked[number] = true
	}
	return linksOut(text) || text == "" && s.linked[number], err
}

// linksOut tells a formula like [1]Sheet1!A1 or '[1]十一月 账单'!A1. Table1[列]
// has brackets too, but no number in them and no sheet behind them.
func linksOut(formula string) bool {
	for {
		_, rest, ok := strings.Cut(formula, "[")
		if !ok {
			return false
		}
		inside, behind, ok := strings.Cut(rest, "]")
		if !ok {
			return false
		}
		sheet, _, named := strings.Cut(behind, "!")
		if inside != "" && strings.Trim(inside, "0123456789") == "" && named && !strings.ContainsAny(sheet, "[(,+*/") {
			return true
		}
		formula = rest
	}
}

func plain(p *parser) (string, error) {
	var b strings.Builder
	for {
		token, err := p.Token()
		if err != nil {
			return "", err
		}
		switch t := token.(type) {
		case xml.CharData:
			if b.Write(t); b.Len() > maxToken {
				return "", errors.New("a value is too long")
			}
		case xml.EndElement:
			return b.String(), nil
		case xml.StartElement:
			return "", fmt.Errorf("a value holds an element %s", t.Name.Local)
		}
	}
}

func (s *scan) value(kind, style string, c content) (Cell, error) {
	raw := c.value
	switch kind {
	case "s":
		i, err := strconv.Atoi(strings.TrimSpace(raw))
		if err != nil || i < 0 || i >= s.shared.len() {
			return Cell{}, fmt.Errorf("shared text %q does not exist", raw)
		}
		shared := s.shared.at(i)
		return text(shared), s.meter.addShared(len(shared))
	case "inlineStr":
		return text(c.inline), nil
	case "str":
		return text(unescape(raw)), nil
	case "b":
		return Cell{Kind: Bool, Text: map[string]string{"1": "TRUE", "0": "FALSE"}[raw]}, nil
	case "e":
		return Cell{Kind: Error, Text: raw}, nil
	case "d":
		return Cell{Kind: Date, Text: isoDate(raw)}, nil
	case "", "n":
		return s.number(raw, style)
	}
	return Cell{}, fmt.Errorf("a kind of cell %q that does not exist", kind)
}

func (s *scan) number(raw, style string) (Cell, error) {
	if raw == "" {
		return Cell{}, nil
	}
	number, digits, ok := decimal(strings.TrimSpace(raw))
	if !ok {
		return Cell{}, fmt.Errorf("%q is no number", raw)
	}
	cell := Cell{Kind: Number, Text: number, Digits: digits}
	if i, err := strconv.Atoi(style); err == nil && i >= 0 && i < len(s.styles) {
		cell.Format = s.styles[i]
	}
	if isDate(cell.Format) {
		cell.Kind, cell.Text = Date, serial(number, s.date1904)
	}
	return cell, nil
}

func text(s string) Cell {
	if s == "" {
		return Cell{}
	}
	return Cell{Kind: Text, Text: s}
}
