package batch

import "encoding/json"

// Problem is one thing that is wrong with a row of a file. Key names its text in
// the catalogue, with Args set in; Key + ".mend" says how to mend it.
type Problem struct {
	Key     string   `json:"key"`
	Args    []string `json:"args,omitempty"`
	Sheet   string   `json:"sheet,omitempty"`
	Cell    string   `json:"cell,omitempty"` // "C17"; empty where the whole row is meant
	Heading string   `json:"heading,omitempty"`
	Value   string   `json:"value,omitempty"`
}

// EncodeProblems gives the journal's form of them, "" for none.
func EncodeProblems(problems []Problem) string {
	if len(problems) == 0 {
		return ""
	}
	text, err := json.Marshal(problems)
	if err != nil {
		panic(err) // strings alone
	}
	return string(text)
}

// DecodeProblems reads the journal's form.
func DecodeProblems(text string) ([]Problem, error) {
	if text == "" {
		return nil, nil
	}
	var problems []Problem
	err := json.Unmarshal([]byte(text), &problems)
	return problems, err
}
