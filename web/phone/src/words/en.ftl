# All that the phone app says, in English (Project Fluent, https://projectfluent.org).
# Plain words, short sentences. What goes wrong says what to do next. Another language is another file with the same
# names; a test compares the names with those that the screens use.

app = Doorstep
yes = Yes
no = No
nothing = nothing
never = Never
opening = Opening…
starting = Doorstep is starting…
try-again = Try again
trouble = That did not work
skip-to-main = Skip to the main part
remove = Remove
undo = Undo
name-unknown = Name not known
a-colleague = A colleague

## Notices, for screen readers
notice-care = Take care:
notice-bad = Something is wrong:
notice-good = Good:

## Times
day-today = today
day-yesterday = yesterday
day-at = { $day } at { $hour }
hours = { $n ->
    [one] 1 hour
   *[other] { $n } hours
}
days = { $n ->
    [one] 1 day
   *[other] { $n } days
}
years = { $n ->
    [one] 1 year
   *[other] { $n } years
}
minutes = { $n ->
    [one] 1 minute
   *[other] { $n } minutes
}
size-kb = { $n } kB
size-mb = { $n } MB
size-gb = { $n } GB
time-in-future = This time has not come yet. Choose now or earlier.
time-before-start = The end is before the start. Choose a later time.

## Starting, elsewhere, unsupported
elsewhere-title = Doorstep is open in another tab
elsewhere-why = Only one tab at a time can hold your notes.
elsewhere-do = Go on in the other tab, or close it: this one then opens by itself. Nothing is lost.
unsupported-nothing-lost = Notes that were saved on this phone are still there. Nothing was deleted.
unsupported-not_secure = This address is not secure
unsupported-not_secure-do = Open the link that your team gave you. It begins with https.
unsupported-no_opfs = This browser cannot keep notes safely
unsupported-no_opfs-do = Update the browser, or open Doorstep in a newer one: Chrome, Edge, Firefox or Safari of the last two years.
unsupported-blocked = This browser keeps nothing for Doorstep
unsupported-blocked-do = If this is a private window, open Doorstep in an ordinary one. Otherwise allow cookies and site data for this address in the browser’s settings. Then try again.
unsupported-no_room = This phone has no room left
unsupported-no_room-do = Delete photos or apps that you do not need, then try again.
unsupported-newer_store = Your notes were saved by a newer Doorstep
unsupported-newer_store-do = Close Doorstep and open it again while you have signal, so that it can update itself.
unsupported-core_missing = Doorstep could not start
unsupported-core_missing-do = Try again while you have signal. If it goes on, tell your team admin.
unsupported-damaged = The store on this phone cannot be read
unsupported-damaged-do = Do not delete anything. Tell your team admin that the store on this phone is damaged.
unsupported-evicted = The browser has deleted the notes on this phone
unsupported-evicted-do = It may do so when the phone runs out of room, or when somebody clears its data. What was sent is on the team server. Tell your team admin today what you had written and not sent, and ask for a new link.
start-over = Set this phone up again
unsupported-other = Doorstep cannot keep notes in this browser
unsupported-other-do = Update the browser, or open Doorstep in another one. If it goes on, tell your team admin.

fallen = Doorstep has stopped
fallen-do = The words on this page that are not saved are still here: copy them first. What was saved is safe.
fallen-again = Start Doorstep again

## Setting a phone up
enrol-title = Set up this phone
enrol-how = Open the link that your team admin sent you, or scan its code with this phone’s camera. You can also paste the link here.
enrol-link = The link
enrol-link-hint = It ends in #enrol= and some letters.
enrol-link-here = Your link to { $server } is here. Now choose a PIN for this phone.
enrol-link-wrong = This is not a link that sets up a phone. Copy the whole link, with the letters after #enrol=.
enrol-storage = Doorstep keeps your notes on this phone, encrypted. If the browser asks whether it may store them, choose yes. Do not use a private window: it forgets everything when it is closed.
enrol-apple = Put Doorstep on the home screen first
enrol-apple-do = On an iPhone or iPad, tap Share, then Add to Home Screen. Open Doorstep from there and paste your link. Notes written in the browser are not seen there.
enrol-do = Set up this phone
enrol-working = Setting up…
enrol-failed = The phone is not set up yet
enrol-offline = The server cannot be reached. Your link is not used up: try again when you have signal.
pin = PIN
pin-new = Choose a PIN
pin-new-hint = { $n } digits or more. You need it each time that you open Doorstep.
pin-again = The same PIN again
pin-show = Show the PIN
pin-short = Use { $n } digits or more.
pin-one-digit = Use more than one digit: this PIN is easy to guess.
pin-in-order = Use another order: this PIN is easy to guess.
pin-differs = The two PINs are not the same. Type this one again.
pin-empty = Type your PIN.
pin-wrong = This PIN is not right. Try again.
pin-wrong-wait = This PIN is not right.
pin-wait-minutes = Wait { $n } minutes before the next try.
pin-wait = { $n ->
    [one] Wait 1 second before the next try.
   *[other] Wait { $n } seconds before the next try.
}
welcome-title = This is { $worker }’s phone now
welcome-check = Is this you? Notes that you write here carry this name.
welcome-right = Yes, that is me
welcome-not-me = No, that is not me
welcome-not-me-hint = If it is not you, the phone is set back, and you ask your team admin for your own link.

## Unlocking
unlock-title = Unlock Doorstep
unlock = Unlock
unlocking = Unlocking…
unlock-forgotten = I have forgotten my PIN
unlock-remembered = I know my PIN
unlock-kept = Notes on this phone are never deleted by a wrong PIN.
locked-out = Too many wrong PINs
locked-out-do = No PIN opens this phone any more. Ask your team admin for a new link, and choose a new PIN with it. You need signal for it. Your notes are safe.
let-in-title = Choose a new PIN
let-in-how = Ask your team admin for a new link, and choose a new PIN with it. You need signal for it. Your notes stay as they are.
let-in-link = The new link
let-in-link-hint = It ends in #enrol= and some letters. Paste it here, or open it on this phone.
let-in-link-here = Your new link is here. Now choose a new PIN.
let-in-do = Choose this PIN and open
let-in-working = Opening…
let-in-failed = The phone is still locked
let-in-offline = The server cannot be reached. Your link is not used up: try again when you have signal.
lock-now = Lock now

## What waits
waiting-title = Waiting to be sent
waiting-unknown = One moment…
waiting-none = Nothing waits to be sent.
waiting-some = { $n ->
    [one] 1 note is waiting to be sent.
   *[other] { $n } notes are waiting to be sent.
}
waiting-short = { $n } waiting
waiting-link = See what waits
last-sent = Last sent { $when }.
last-sent-never = This phone has not sent anything yet.
sending-now = Sending now…
sending-slow = It is taking a while. You can go on writing; nothing is lost.
no-signal = No signal. Nothing is lost.
no-signal-short = No signal
no-server = The server cannot be reached. Nothing is lost, and it is tried again by itself.
not-sent-short = Not sent yet
all-sent-short = All sent
trouble-short = Look here
refused-without-words = The server has a fault (status { $status }). Nothing is lost, and it is tried again by itself. Tell your team admin if it goes on.
not-our-server = What answers is not your team’s server. On a public WiFi, sign in to it or switch WiFi off, then try again. Nothing is lost.
send-now = Send now
top-state-opens = { $worker }: open This phone

## Today
today = Today
today-trouble = { $n ->
    [one] 1 note needs you
   *[other] { $n } notes need you
}
desk-says = { $n ->
    [one] Your team’s desk asks you
   *[other] Your team’s desk: { $n } messages
}
message-ask = { $from } asks:
message-nudge = { $from } reminds you:
message-returned = { $from } sent a note back to you:
message-note = { $from } says:
message-to-note = Open the note about { $name }
message-read = Done
wipe-ordered = Your team’s desk has asked this phone to let go of everything
wipe-sends = { $n ->
    [0] That is done as soon as the server is reached.
    [one] 1 note is still to be sent. Once the server has it, everything on this phone is deleted.
   *[other] { $n } notes are still to be sent. Once the server has them, everything on this phone is deleted.
}
wipe-additions = You began to add something. Add it or take it out, so that it is not lost:
wipe-to-addition = What you began to add
wiped = Your team’s desk had this phone wiped
wiped-to-tell = Nothing is left on this phone. It says so to the server as soon as it is reached; then it can be set up again.
wiped-when = That was { $when }. Nothing of yours is left on it. To use it again, ask your team admin for a new link.
lock-ordered = Your team’s desk has locked this phone. Give your PIN to go on.
today-drafts = Not finished yet
today-people = Your people
today-nobody = Nobody is on your caseload on this phone yet. Send now when you have signal, or find somebody of your team above.
today-coming = Your people and their notes are on their way to this phone.
today-reviews = Reviews
today-actions = Open actions
today-more-actions = { $n ->
    [one] 1 more open action
   *[other] { $n } more open actions
}
today-who = { $worker }, { $team }
find = Find a person or a note
find-hint = Name, case number, or words in a note
found = { $people } people and { $notes } notes found
found-people = People
found-notes = Notes
found-most = These are the first { $n }. Another word finds fewer.
found-nobody = Nobody in your team is called that. A note can begin with a name only; it is matched later.
someone-link = Someone who is not mine
clock-wrong = This phone’s clock is wrong
clock-wrong-behind = It is { $time } behind. Set it right in the phone’s settings, or the times in your notes will be wrong.
clock-wrong-ahead = It is { $time } ahead. Set it right in the phone’s settings, or the times in your notes will be wrong.
born = Born { $date }
born-unknown = Date of birth not known
case-id = Case { $id }
due = By { $date }
due-past = Was due { $date }
note-overdue = Open for { $time }. Nobody at the case system has it before you finish it.
stage-open = Not finished
update-ready = A new version of Doorstep is ready
update-safe = Your notes stay as they are.
update-now = Start the new version

## Someone who is not mine
someone-title = Someone who is not mine
someone-recorded = This is recorded
someone-recorded-what = Your name, the time and your reason are written down, and your organisation looks at them. You can read the record on this phone for 24 hours.
someone-id = Case number
someone-id-hint = Exactly as it is in the case system.
someone-no-id = Type the case number.
someone-reason = Why you need to read it
someone-reason-hint = For example: met her on the stairs, she is unwell.
someone-no-reason = Say in a few words why you need to read it.
someone-do = Read their record
someone-working = Asking the server…
someone-failed = The record was not opened
someone-offline = The server cannot be reached. Looking someone up needs signal: try again when you have it.
someone-open = Open on this phone
someone-until = Until { $when }
someone-over = This record is not open any more
someone-over-do = A record can be read for 24 hours. If you still need it, look it up again.
someone-again = Look it up again
someone-read-until = You can read this until { $when }. That you did is recorded.
someone-no-writing = You cannot write in this record. To write about a visit, begin a note with their name; it is matched later.
someone-worker = On the caseload of { $worker }, { $team }
someone-no-notes = Nothing has been written about them in Doorstep.
someone-left-out = { $n ->
    [one] 1 older note is not shown here.
   *[other] { $n } older notes are not shown here.
}

## A person
person-not-here = This person is not on this phone
person-not-here-do = They may have moved to another team. Ask your team admin.
alerts = Before you go
communication = How to communicate:
likes-name = Likes to be called { $name }
ring = Ring { $phone }
write-note = Write a note
carry-on = Carry on writing
another-note = Write another note
colleague-writes = { $worker } is writing a note
colleague-writes-why = Were you there together? Write in the same note.
open-actions = Open actions
outcomes = What they want
thread = Earlier notes
thread-empty = No notes yet on this phone.
thread-not-mine = Earlier notes are on the phones of those who work with this person. You can write a note all the same.
thread-look-up = Read their record, with a reason
about-title = About them
about-empty = Nobody has written this page yet.
about-begin = Begin this page
about-change = Change this page
about-of = About { $name }
about-hint = Write it with the person, in their words. It saves by itself, and the whole team sees it.
about-what_matters_most = What matters most to me
about-people_who_matter = People who are important to me
about-how_i_communicate = How I communicate and how to communicate with me
about-my_wellness = My wellness
about-please_do = Please do
about-please_dont = Please don’t
about-how_and_when_to_support = How and when to support me
about-also_worth_knowing = Also worth knowing about me
about-written_with = Who helped to write this
about-contacts = People to ring
about-contact = Person to ring
about-contact-more = Add another person
about-alerts = What the team must know before a visit
about-alert = Alert
about-alert-more = Add another alert
contact-name = Name
contact-relationship = Who they are
contact-phone = Telephone
alert-text = What to know

## Kinds of contact
kind-home_visit = Home visit
kind-phone_call = Phone call
kind-video_call = Video call
kind-hub_appointment = Hub appointment
kind-office_visit = Office visit
kind-hospital_visit = Hospital visit
kind-no_reply = No reply
kind-conversation = Conversation
kind-none = Note that has not arrived yet
note-title = { $kind }, { $when }

## Writing
not-matched = Not matched to a record yet
write-title = Note about { $name }
change-kind-and-time = Change kind or time
field-kind = Kind of contact
field-started_at = Began
field-ended_at = Ended
field-body = What happened
field-what_matters = What matters to them
field-what_matters-hint = What is important to the person now.
field-persons_words = Their words
field-persons_words-hint = What the person said, as they said it.
field-strengths = Strengths
field-strengths-hint = What goes well, who helps, what they can do.
field-analysis = My view
field-analysis-hint = Your opinion, and why. It stands apart from what happened.
field-person_view = Where they see it differently
field-person_view-hint = What the person disagrees with, or wants put right.
field-outcomes = What they want (outcomes)
field-actions = Actions
field-present = Who else was there
field-unmet_needs = What could not be met
field-concerns = Concerns
field-review = Review
field-attachments = Photos and files
field-feedback = Before you leave: feedback
more = If it helps
fold-written = written
choose-none = Nothing chosen
one-outcomes = Outcome
more-outcomes = Add another outcome
outcome-text = What they want
outcome-progress = How far
progress-new = New
progress-some = Some progress
progress-met = Met
progress-not_met = Not met
conversation-was-outcome = The conversation was the outcome
conversation-noted = Noted: the conversation was the outcome.
one-actions = Action
more-actions = Add another action
action-what = What
action-who = Who
action-by = By when
action-done = Done
one-present = Person
more-present = Add another person
present-name = Name
present-relationship = Who they are
one-unmet_needs = Need
more-unmet_needs = Add another need
need-need = What was needed
need-why = Why it could not be met
need-reason = More about why
need-budget = No money for it
need-language = Not in their language
need-none_available = None available
need-declined = They declined it
need-other = Another reason
one-concerns = Concern
more-concerns = Add another concern
concern-kind = Kind of concern
concern-text = What concerns you
concern-safeguarding = Safeguarding
concern-professional_disagreement = Professionals disagree
review-was = This visit was a review
review-next = The next review
review-due = Due
review-initial = First review
review-annual = Annual review
review-direct_payment = Direct payment review
review-was-said = This was: { $kind }
review-next-said = Next: { $next }
was-it-useful = Was this useful to you?
useful-yes = Yes
useful-partly = Partly
useful-no = No
useful-not_asked = Not asked
useful-said = Was it useful? { $answer }
feedback-words = What they said about it
copy-offered = I offered a copy of this note
how-to-reach-us = They know how to reach us
entry-number = { $one } { $n }
keep-from-copy = Keep out of their copy
private-third_party = About someone else
private-do_not_share = Do not share
mark-selected = Keep out of their copy, for good:
marks-title = Kept out of the person’s copy
saved = Saved on this phone { $hour }
saving = Saving…
saves-itself = Saves by itself on this phone
not-saved = Not saved.
not-saved-do = Your words are still on this page: do not leave it yet.
to-finish = Finish
writing-time = Time spent writing: { $minutes }.
written-with = Written by { $workers }.
together-link = Write together
finished-meanwhile = This note is finished
finished-meanwhile-why = It is closed now. What was written before is all in it, and you can add to it.
finished-late = A colleague finished it while you were writing. Your last words are not in it. Add them below it.
finished-late-do = Add my last words
look-at-note = Look at the note
photo-caption = What it shows
photo-whole = Keep it as large as it is
photo-take = Add a photo or file
photo-working = Adding…
photo-not-taken = The file was not added
photo-too-large = The file is larger than 25 MB. Add a smaller one, or a part of it.
file-photo = Photo
file-recording = Recording
file-document = Document
file-look = Look at it
file-open = Open { $name }
file-offline = This file is not on this phone. Try again when you have signal.
file-where-on_phone = Only on this phone so far.
file-where-on_both = On the team server, and still on this phone.
file-where-on_server = On the team server, or still on a colleague’s phone.

## Writing together
together-title = Write together
together-how = Your colleague points their phone’s camera at this code, and their Doorstep opens this note.
together-code = Code that opens this note on a colleague’s phone
together-now = In this note now
together-else = You can also find the note on the person’s page. Without signal you both write, and it comes together later.
join-title = Join a colleague’s note
join-why = You both write in the same note, and both names stand under it.
join-not-here-yet = The note is not on this phone yet. Join it now: it arrives when you both have signal.
join-do = Write in this note too

## Finishing
consent = What to say about this note
finish-title = Check and finish
finish = Finish this note
keep-writing = Keep writing
finish-next = What happens next
finish-next-online = It goes to the team server now.
finish-next-offline = It waits safely on this phone, and goes to the team server by itself when there is signal.
finish-next-case-system = The case system takes it from there, and you see here when it has.
finish-next-unmatched = Your team admin matches it to the right person. Then the case system takes it.
finish-next-closed = The note is closed. You can add to it, but not change it.
finish-next-private = { $n ->
    [one] 1 marked passage stays out of the person’s copy.
   *[other] { $n } marked passages stay out of the person’s copy.
}
finish-leaves = What will leave this phone
finish-empty = This note has no words yet.
finish-no-reply = It says that nobody answered, and when. Nothing else is needed.
fact-person = Person
fact-what = Contact
fact-workers = Workers

## A note
note-of = Note about { $name }
note-not-here = This note is not on this phone
note-not-here-do = The person may have moved to another team. Whatever you wrote is kept: ask your team admin.
note-by = Written by { $workers }.
note-finished-at = Finished { $when }.
note-version = Version { $n }.
note-still-open = { $workers } has not finished this note yet.
where-title = Where this note is
state-on_phone = On this phone
state-on_phone-do = It goes to the team server by itself when there is signal. Nothing is lost.
state-on_server = On the team server
state-on_server-do = It is safe there. The case system has not taken it yet.
state-on_server-open-do = It is safe there, and not finished yet.
state-on_server-unmatched-do = It is safe there. Your team admin matches it to the right person.
state-in_case_system = In the case system
state-in_case_system-as = In the case system as { $ref }
state-in_case_system-do = Nothing more to do.
state-refused = Refused by the case system
state-refused-do = Your team admin sees this too. If something in the note is wrong, add to it; the new version is offered again.
state-held = Held: with your admin
state-held-do = The note is safe and whole. Your team admin decides; there is nothing that you must do. Ask them if it is urgent.
state-conflict = Two phones disagree
state-conflict-do = Nothing is lost: both are kept. Choose below which one is right.
conflict-title = Which one is right?
conflict-shown = shown now
conflict-take = Take this one
conflict-finished = The note is finished, so your team admin chooses. Tell them which one is right.
conflict-look = See both and choose
slot-what = What
slot-who = Who
slot-by = By when
slot-done = Done
slot-text = Words
slot-progress = How far
slot-name = Name
slot-relationship = Who they are
slot-was_it_useful = Was it useful
slot-words = What they said
slot-copy_offered = Copy offered
slot-how_to_reach_us = How to reach us
slot-was = This visit
slot-kind = Kind
slot-due = Due
slot-need = Need
slot-reason_code = Why
slot-reason = More about why
was_it_useful-yes = Yes
was_it_useful-partly = Partly
was_it_useful-no = No
was_it_useful-not_asked = Not asked
add-link = Add to this note
add-title = Add to this note
add-words = What you add
add-hint = The note stays as it is. This stands below it, with your name and the time. Until you add it, your words are kept on this phone.
add-do = Add to the note
add-empty = Write what you want to add.
addendum = Added by { $worker }, { $when }

## Someone new
door-link = Someone new at the door
door-title = Someone new at the door
door-name = Their name
door-name-hint = As they say it. A first name is enough.
door-no-name = Write a name, or what you would call them.
door-perhaps = Is it one of these?
door-begin = Write the note
door-matched-later = Your team admin matches the note to the right record later.

## The person's copy
copy-link = Their copy
copy-title = Their copy
copy-field-body = What happened
copy-field-what_matters = What matters to you
copy-field-persons_words = Your words
copy-field-strengths = Your strengths
copy-field-analysis = The worker’s view
copy-field-person_view = Where you see it differently
copy-field-outcomes = What you want
copy-field-actions = What happens next
copy-field-present = Who else was there
copy-field-unmet_needs = What could not be met
copy-field-concerns = Concerns
copy-field-review = Review
copy-field-attachments = Photos and files
copy-field-feedback = What you told us
copy-whole = The whole note is in it.
copy-left-out = { $n ->
    [one] 1 part is left out, because it is about someone else or must not be shared.
   *[other] { $n } parts are left out, because they are about someone else or must not be shared.
}
copy-large = Large print
copy-print = Print, or save as PDF
copy-for = A copy for { $name }
copy-by = Written by { $workers }, { $team }.
copy-foot = If something here is wrong, tell us: what you say is added to the note. You may see all that is kept about you.
back = Back
back-to-person = Person
back-to-note = Note
back-to-writing = Writing

## This phone
phone-title = This phone
stored-kept = This browser has promised to keep what is stored.
stored-not-promised = The browser has not promised to keep your notes
stored-not-promised-do = If the phone runs out of room, it may delete what is not sent. Put Doorstep on the home screen, and send your notes often.
stored-of = { $used } of { $quota }
fact-worker = Worker
fact-team = Team
fact-last-sent = Last sent
fact-stored = Stored here
fact-clock = This phone’s clock
fact-version = Version
clock-right = Right
clock-behind = { $time } behind the server’s
clock-ahead = { $time } ahead of the server’s
install-why = Put Doorstep on the home screen: it opens like an app, also without signal, and the phone keeps your notes more safely.
install-do = Put it on the home screen
sign-out-title = Sign out
sign-out = Sign out of this phone
sign-out-what = All notes are sent. Signing out removes them from this phone; they stay on the team server.
sign-out-not-yet = { $n ->
    [one] 1 note is not sent yet. Send it first, then you can sign out.
   *[other] { $n } notes are not sent yet. Send them first, then you can sign out.
}
sign-out-sure = Yes, sign out
sign-out-stay = Stay signed in

## My own quarter, for supervision
quarter-title = My own quarter
quarter-why = Your own figures, and what people said to you, to talk over in supervision.
quarter-first = You see it first
quarter-first-what = Once you have opened a quarter, your team admin can see it too. Nobody is compared with you by name, and there is no list of workers.
quarter-which = Quarter
quarter-1 = January to March { $year }
quarter-2 = April to June { $year }
quarter-3 = July to September { $year }
quarter-4 = October to December { $year }
quarter-open = Open this quarter
quarter-failed = The page was not opened
quarter-offline = The server cannot be reached. This page needs signal, and is not kept on this phone: try again when you have it.
quarter-notes = { $n ->
    [0] You finished no notes.
    [one] You finished 1 note.
   *[other] You finished { $n } notes.
}
quarter-opened = You opened this page first { $when }.
quarter-middle = Half of your notes took less than this, and half took more.
quarter-recording = Writing
quarter-contact = With the person
quarter-to-finish = From the start of the visit to a finished note
quarter-under-a-minute = Under a minute
quarter-none = No notes with a time
quarter-team = Your team: { $time }
quarter-too-few = Your team: too few notes by others to say
quarter-words = What people said
quarter-no-words = Nobody’s words were written down.
quarter-concerns = Concerns you raised
quarter-no-concerns = None.
quarter-acknowledged = Your team’s desk took note { $when }
quarter-not-acknowledged = Nobody at the desk has taken note yet
quarter-note = Open the note
