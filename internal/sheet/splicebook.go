package sheet

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// leftOut are the elements of a workbook's first part that lead elsewhere, or
// belong to what is not copied.
var leftOut = wordSet("externalReferences pivotCaches calcPr webPublishing webPublishObjects smartTagPr smartTagTypes functionGroups fileSharing AlternateContent")

// study finds out what the workbook's first part says, and makes the styles.
func (c *copier) study() error {
	at := -1
	err := c.walk(c.book, func(_ *parser, e xml.StartElement) error {
		switch e.Name.Local {
		case "definedNames":
			c.named = true
		case "sheet":
			if at++; attr(e, "name") == c.Sheet {
				c.index = at
			}
		}
		return nil
	})
	for name, kind := range c.kind {
		if kind == "styles" && err == nil {
			err = c.restyle(name)
		}
	}
	return err
}

// workbook gives the copy's first part: without what is left out, and with the
// mark among its defined names.
func (c *copier) workbook() ([]byte, error) {
	prefix := ""
	return c.edit(c.book, func(x *rawXML, p piece, out *bytes.Buffer) error {
		switch {
		case p.open && p.name == "workbook":
			prefix = p.prefix()
		case p.open && leftOut[p.name], p.open && p.name == "extLst":
			return x.pass(p)
		case p.open && p.name == "definedNames":
			all, err := x.whole(p)
			out.WriteString(c.definedNames(all, prefix))
			return err
		}
		out.Write(p.raw)
		if !c.named && p.name == "sheets" && (p.end() || p.empty) {
			out.WriteString(c.definedNames(nil, prefix))
		}
		return nil
	})
}

// plainReference is a name that stands for cells of this workbook; others were
// for formulas, which are no more.
var plainReference = regexp.MustCompile(`^[^\[\](){}"]*$`)

// definedNames gives the names that are kept, our mark, and the range of the
// filter.
func (c *copier) definedNames(old []byte, prefix string) string {
	tag := prefix + "definedName"
	var b strings.Builder
	fmt.Fprintf(&b, "<%ss>", tag)
	for _, n := range namesIn(old) {
		name := attrOf(n.start, "name")
		filter := name == "_xlnm._FilterDatabase" && attrOf(n.start, "localSheetId") == strconv.Itoa(c.index)
		if name != markName && !filter && plainReference.MatchString(n.text) {
			fmt.Fprintf(&b, "%s%s</%s>", n.start, n.text, tag)
		}
	}
	if ref := c.filterRef(); ref != "" {
		from, to, _ := strings.Cut(ref, ":")
		name := "'" + strings.ReplaceAll(c.Sheet, "'", "''") + "'!" + absolute(from) + ":" + absolute(to)
		fmt.Fprintf(&b, `<%s name="_xlnm._FilterDatabase" localSheetId="%d" hidden="1">%s</%s>`, tag, c.index, escaped(name), tag)
	}
	fmt.Fprintf(&b, `<%s name="%s" hidden="1">%s</%s></%ss>`, tag, markName, escaped(markFormula(c.Splice.Mark)), tag, tag)
	return b.String()
}

type definedName struct {
	start []byte
	text  string
}

// namesIn takes <definedNames> apart.
func namesIn(text []byte) []definedName {
	var all []definedName
	inside := false
	x := newRawXML(bytes.NewReader(text))
	for {
		p, err := x.next()
		if err != nil {
			return all
		}
		switch {
		case p.open && p.name == "definedName" && !p.empty:
			inside = true
			all = append(all, definedName{start: bytes.Clone(p.raw)})
		case p.name == "" && inside:
			all[len(all)-1].text += string(p.raw)
		default:
			inside = false
		}
	}
}

// filterRef is the range that the sheet's filter covers; "" where a table within
// the sheet has its own.
func (c *copier) filterRef() string {
	if r := c.rels[relationsOf(c.where[c.Sheet])]; r != nil {
		for _, to := range r.kept {
			if strings.HasSuffix(to.kind, "/table") {
				return ""
			}
		}
	}
	return fmt.Sprintf("A%d:%s%d", c.Head, Column(c.At+len(c.Titles)-1), max(c.Last, c.Head+1))
}

func escaped(s string) string {
	if printable(s) && !strings.ContainsAny(s, `<>&"'`) {
		return s
	}
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s))
	return b.String()
}

// restyle makes the styles' part with ours added at the end of each list, so that
// the numbers of the others stay. Where the lists are not as they should be, ours
// are left out, and the results are plain.
func (c *copier) restyle(name string) error {
	text, err := c.edit(name, func(_ *rawXML, p piece, out *bytes.Buffer) error {
		out.Write(p.raw)
		return nil
	})
	if c.styleText = text; err != nil {
		return err
	}
	tones := []Tone{Good, Bad, Doubtful, Muted, Heading}
	text, font, ok1 := appendTo(text, "fonts", `<@font><@b/><@sz val="11"/><@color rgb="FFFFFFFF"/></@font>`)
	var colours, xfs strings.Builder
	for _, t := range tones {
		fmt.Fprintf(&colours, `<@fill><@patternFill patternType="solid"><@fgColor rgb="FF%s"/><@bgColor indexed="64"/></@patternFill></@fill>`, fills[t])
	}
	text, fill, ok2 := appendTo(text, "fills", colours.String())
	var added []appearance
	for _, shape := range []shape{asText, asMoney, asInt} {
		for i, t := range append([]Tone{Plain}, tones...) {
			added = append(added, appearance{shape: shape, tone: t})
			colour := 0
			if i > 0 {
				colour = fill + i - 1
			}
			xfs.WriteString(xf(shape, t, font, colour))
		}
	}
	text, first, ok3 := appendTo(text, "cellXfs", xfs.String())
	if !ok1 || !ok2 || !ok3 {
		return nil
	}
	for i, v := range added {
		c.styles[v] = first + i
	}
	c.styleText = text
	return nil
}

// xf is one cell style: the number format of a shape, in a tone.
func xf(s shape, t Tone, font, fill int) string {
	format := map[shape]int{asText: 49, asMoney: 4, asInt: 3}[s]
	wrap := ""
	if t != Heading {
		font = 0
	} else {
		wrap = ` wrapText="1"`
	}
	return fmt.Sprintf(`<@xf numFmtId="%d" fontId="%d" fillId="%d" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1" applyFill="1" applyAlignment="1"><@alignment vertical="center"%s/></@xf>`, format, font, fill, wrap)
}

// appendTo adds children to the end of an element of a part, and gives how many
// it had. In the children's names @ stands for the element's prefix.
func appendTo(text []byte, name, children string) ([]byte, int, bool) {
	x := newRawXML(bytes.NewReader(text))
	var out bytes.Buffer
	count, found := 0, false
	for {
		p, err := x.next()
		if err != nil {
			return out.Bytes(), count, found
		}
		if p.name != name || !p.open || p.empty || found {
			out.Write(p.raw)
			continue
		}
		found = true
		prefix := p.prefix()
		start, depth := bytes.Clone(p.raw), 0
		var inside bytes.Buffer
		var end []byte
		if err := x.rest(p, func(p piece) error {
			if p.open && depth == 0 {
				count++
			}
			if depth += opens(p); p.end() {
				depth--
			}
			if depth < 0 {
				end = bytes.Clone(p.raw)
				return nil
			}
			inside.Write(p.raw)
			return nil
		}); err != nil {
			return text, 0, false
		}
		added := strings.Count(children, "</@"+strings.TrimSuffix(strings.Replace(name, "cellXfs", "xfs", 1), "s")+">")
		out.Write(withAttr(start, "count", strconv.Itoa(count+added)))
		out.Write(inside.Bytes())
		out.WriteString(strings.NewReplacer("<@", "<"+prefix, "</@", "</"+prefix).Replace(children))
		out.Write(end)
	}
}
