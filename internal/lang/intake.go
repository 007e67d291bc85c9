package lang

// intakeTexts: the messages of intake.
var intakeTexts = Texts{}
