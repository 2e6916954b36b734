"""Every error that is safe to show: each says what happened and what to do."""

from typing import ClassVar


class PipelineError(Exception):
    """An error whose sentence may be shown to the artist as it stands.

    A child class declares one English `sentence`; the studio translates it by the class's name and fills in the
    same `details`. `art` is said where it is another than the page's: a writer can be asked from the painting panel.
    """

    art = ""
    sentence: ClassVar[str] = "Something went wrong. Please try again."

    def __init__(self, **details: object) -> None:
        self.details = details
        super().__init__(self.sentence.format(**details))


class StudioClosing(PipelineError):
    """A work that was asked for while the studio was about to end."""

    sentence = "The studio is about to close, so no new work is begun. Save what you have made, and come back later."


class ParameterError(PipelineError):
    """A value that its declaration refuses; `name` is the knob's."""


class UnknownKnob(ParameterError):
    """A value for a knob that does not exist."""

    sentence = "There is no setting called “{name}”. Reload the page and try again."


class NotANumber(ParameterError):
    """Something other than a finite number where a number is needed."""

    sentence = "{name} must be a number. Choose a value with its slider."


class OutOfRange(ParameterError):
    """A number outside the declared range."""

    sentence = "{name} must lie between {minimum} and {maximum}. Choose a value with its slider."


class NotAChoice(ParameterError):
    """A value that is not among the declared choices."""

    sentence = "“{value}” is not one of the choices for {name}. Choose one from the list."


class NotOffered(ParameterError):
    """The name of a file that the owner of this studio doesn't have, or that the model in use can't take."""

    sentence = "There is no {name} “{value}” here for this model. Choose another one, or take it out of the prompt."


class NotText(ParameterError):
    """Something other than valid Unicode text where text is needed."""

    sentence = "{name} must be plain text. Type it in again."


class TooLong(ParameterError):
    """A text longer than its declared length in characters."""

    sentence = "{name} is too long: {length} characters, {max_length} at most. Shorten it and try again."


class NotAPicture(ParameterError):
    """Something other than a PNG, JPEG or WebP picture, or a damaged one."""

    sentence = "This is not a picture that can be opened. Choose a PNG, JPEG or WebP file."


class PictureTooLarge(ParameterError):
    """A picture of too many pixels."""

    sentence = "This picture is too large: {megapixels:g} million pixels at most. Make it smaller and try again."


class CannotStart(PipelineError):
    """A model that only paints from words was given a picture."""

    sentence = "This model cannot start from a picture. Take the picture off the easel and paint from words."


class NothingOnEasel(PipelineError):
    """A variation or more room was asked for, of no picture."""

    sentence = "There is no picture on the easel yet. Paint one, or choose one first."


class PictureGone(PipelineError):
    """A picture that is not, or no longer, among the visitor's."""

    sentence = "This picture is no longer kept here. Upload it, or drop its file where works are replayed."


class LoraBroken(PipelineError):
    """A LoRA file that is damaged, or holds something other than plain low-rank matrices."""

    sentence = "The LoRA “{name}” is damaged, or of a kind that can't be used here (DoRA, LoKr). Choose another one."


class LoraMisfit(PipelineError):
    """A LoRA that was trained on another family of models."""

    sentence = "The LoRA “{name}” was made for another kind of model than the one in use. Choose another one."


class AddOnUnfit(PipelineError):
    """LoRAs or a ControlNet that the owner gave, and that the painting model in use can't take."""

    sentence = "“{source}” was made for another kind of painting model than the one in use, and is left out."


class PicklesLeftOut(PipelineError):
    """LoRA files that could run code when opened."""

    sentence = "Only safetensors are opened, because other files can run code. Left out: {names}"


class NothingToFollow(PipelineError):
    """Lines are to be followed, and there is no picture to take them from."""

    sentence = "There are no lines to follow. Put a picture on the easel, or draw on a blank sheet, or follow nothing."


class UnreadableMidi(PipelineError):
    """A file that is no MIDI file, or a damaged one."""

    sentence = "This file can't be read as MIDI. Choose a .mid file, or export it anew from where it comes from."


class MidiTooLarge(PipelineError):
    """A MIDI file larger than is read within a second."""

    sentence = "This MIDI file is too large: {kilobytes} KB at most. Cut it shorter and try again."


class NoNotes(PipelineError):
    """A file in which nothing but drums sounds."""

    sentence = "No notes were found in this file, drums aside. Choose one with a tune."


class UnreadableMusicXml(PipelineError):
    """A file that is no MusicXML, is damaged, or declares entities."""

    sentence = "This file can't be read as MusicXML. Export it again from your notation program."


class MusicXmlTooLarge(PipelineError):
    """A MusicXML file beyond what is read; `megabytes` is the limit."""

    sentence = "This score is too large: at most {megabytes} MB. Export a part of it."


class UnreadableOpening(PipelineError):
    """An opening that isn't in the composer's words, or doesn't fit the style and the metre it came with."""

    sentence = "The opening bars don't fit this style and metre. Choose the file again, or take it out."


class UnreadableChords(PipelineError):
    """A progression in which something is no chord: `chord`."""

    sentence = "“{chord}” is no chord we know. Write a chord a bar, such as C G Am F, or I V vi IV."


class UnreadableEdits(PipelineError):
    """Notes changed by hand that no roll of ours would send: outside the piece, or in a voice it doesn't have."""

    sentence = "This change can't be made: a note would lie outside the piece. Undo it and go on."


class NothingToRevise(PipelineError):
    """A piece is to be composed again in part, but none is finished, or it has none of the parts chosen."""

    sentence = "Compose a piece first, and choose parts that it has; then its bars can be composed again."


class NothingToAccompany(PipelineError):
    """An accompaniment is asked for, and there is no tune."""

    sentence = "There is no tune to accompany. Bring one of yours, or compose a piece first."


class NothingToAdd(PipelineError):
    """Parts are to be added, but the style chosen has none that is missing, or shares none with the piece."""

    sentence = "The piece has every part of the style chosen above. Choose one with more, such as a chorale for a tune."


class EmptyPrompt(PipelineError):
    """A model that needs words got none."""

    sentence = "Write a few words first: what should be in the picture?"


class NoValues(PipelineError):
    """An axis of a grid without values."""

    sentence = "A side of the grid has no values. Write a few, parted by commas: 2, 4, 8."


class GridTooLarge(PipelineError):
    """More pictures in a grid than are painted at once."""

    sentence = "The grid is too large: {most} pictures at most. Take fewer values."


class WordsNotThere(PipelineError):
    """Words to replace that the prompt doesn't hold."""

    sentence = "“{words}” is not in the prompt. Write the words to replace first, as the prompt has them."


class ModelMissing(PipelineError):
    """No model in the folder or under the hub name."""

    sentence = "No model was found at “{source}”. Check the folder or the name."


class ModelUnreachable(PipelineError):
    """The hub cannot be reached and the model is not stored here."""

    sentence = "The model “{source}” is not on this machine and the hub can't be reached. Check the network."


class UnsafeWeights(PipelineError):
    """Weights that are only there as a pickle, which could run code when opened."""

    sentence = "“{source}” has no safetensors weights; pickled weights are not opened because they can run code."


class ModelGated(PipelineError):
    """A hub model whose terms must be accepted first."""

    sentence = (
        "“{source}” is given only to those who accept its terms: do so at huggingface.co/{source}, "
        "log in with `hf auth login`, and start the studio again."
    )


class WrongKind(PipelineError):
    """A model that is there but makes something else."""

    sentence = "“{source}” is not a model for {art}. Choose another one."


class BrokenModel(PipelineError):
    """Files that are there but can't be loaded."""

    sentence = "The model “{source}” could not be loaded: its files are damaged or of an unknown kind."


class CheckerUnfit(PipelineError):
    """A painter's safety checker that is there but can't be trusted."""

    sentence = (
        "The safety checker of “{source}” can't be used, so in a moderated studio the model isn't either. "
        "Choose another model, or start the studio with --moderation off."
    )


class Unchecked(PipelineError):
    """A painter without a safety checker, in a moderated studio."""

    sentence = "“{source}” has no safety checker of its own: nothing looks at its pictures."


class DeviceMissing(PipelineError):
    """A device that this machine does not have."""

    sentence = "This machine has no “{device}” device. Start with --device auto or cpu."


class ModelTooLarge(PipelineError):
    """A model that does not fit into this machine; `needed` and `free` in gigabytes."""

    sentence = (
        "“{source}” needs about {needed} GB of memory, and {free} GB are free. Close other programs or choose a "
        "smaller model: `--list-models` names some."
    )


class OutOfMemory(PipelineError):
    """Not enough memory for this work."""

    sentence = "There is not enough memory for this work. Make it smaller or shorter and try again."


class UnreadableTake(PipelineError):
    """A file that carries no take, or a damaged one."""

    sentence = "This file doesn't carry the recipe of a Triptych work, or it is damaged."


class UnreadableRecipe(UnreadableTake):
    """A file with neither a take nor settings that another studio wrote."""

    sentence = (
        "This file doesn't carry the recipe of a Triptych work, nor settings as A1111, Forge or Fooocus write them."
    )


class EndlessThought(PipelineError):
    """A thinking model that wrote nothing."""

    sentence = (
        "The model went on thinking and ended before it wrote. Press Continue to let it try again, or choose a model "
        "that doesn't think first."
    )


class ServerError(PipelineError):
    """Something that went wrong with a model on a server; `host` is the server's."""


class ServerMissing(ServerError):
    """Nothing answers at the address."""

    sentence = "The server {host} can't be reached. See that its address is right and that it runs."


class ServerSilent(ServerError):
    """A server that has sent nothing for too long."""

    sentence = "The server {host} has said nothing for {seconds} seconds. Nothing of yours is lost; try again."


class ServerDropped(ServerError):
    """A stream that broke off, or a server that failed."""

    sentence = "The server {host} broke off. What came from it is still here; try again."


class ServerBusy(ServerError):
    """Too many requests, or nothing left to spend."""

    sentence = (
        "The server {host} takes no more requests for now: they came too fast, or the account is used up. "
        "Wait a little and try again."
    )


class KeyRefused(ServerError):
    """A key that is missing, wrong, or not good for this model."""

    sentence = (
        "The server {host} doesn't accept the key. The owner sets it as TRIPTYCH_API_KEY and starts the studio again."
    )


class RequestRefused(ServerError):
    """A request that the server doesn't take, with its own words."""

    sentence = "The server {host} refused the request: “{reason}”"


class NotThere(ServerError):
    """No such model or endpoint at the server."""

    sentence = "The server {host} has no model “{model}” that can be asked this way. Check the model's name."


class ModelUnnamed(ServerError):
    """A server that has several models, or doesn't list them."""

    sentence = "Which model of the server {host} is meant? Name it as the studio starts. It has: {models}"


class NotUnderstood(ServerError):
    """Something other than the protocol."""

    sentence = "The server {host} answered with something else than it was asked for. See that its address is right."


class LinkNotFollowed(ServerError):
    """A link to a picture that leads into a private network, or nowhere."""

    sentence = "The server {host} answered with a link to “{where}”, which leads nowhere or into a private network."


class CannotFollow(PipelineError):
    """A painter that is too slow for the live canvas."""

    sentence = (
        "This model paints on a server and can't follow your hand. Press Paint, or choose a model on this machine."
    )


class NotOnServer(ServerError):
    """Something that only a model on this machine can do."""

    sentence = (
        "This needs to look inside the model, and the one in use works on the server {host}. "
        "Choose a model on this machine for it."
    )


class FormOfOtherLanguage(PipelineError):
    """A verse form of one language with the other language chosen."""

    sentence = "This verse form belongs to the other language. Change the language, or choose another verse form."


class PageInOtherScript(PipelineError):
    """A page that begins in another script than the verse form's."""

    sentence = "The page has words in another script than its verse form. Take them out, or choose “Free”."


class PageOutOfForm(PipelineError):
    """A page whose line `line` does not have the verse form's length."""

    sentence = (
        "Line {line} of the page doesn't have the length that its verse form asks for. Change the line or the form."
    )


class PoemComplete(PipelineError):
    """A page that already holds all lines of its verse form."""

    sentence = "The poem on the page is complete. Begin a new page, or choose another verse form."


class NoRhyme(PipelineError):
    """A line of the artist's that ends on a word without enough rhymes."""

    sentence = "The dictionary has too few rhymes for “{word}”. End that line on another word."


class AllBanned(PipelineError):
    """Banned words that leave nothing for what a verse form needs next."""

    sentence = (
        "The verse form needs a word here that “Never write” forbids. Take a phrase off that list and press Continue."
    )


class NoWay(PipelineError):
    """A vocabulary that has no token for what a verse form needs next."""

    sentence = "This model can't write what the verse form needs next. Choose another form or another model."
