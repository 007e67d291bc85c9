package lang

// codeTexts: the messages of ums.
var codeTexts = Texts{}
