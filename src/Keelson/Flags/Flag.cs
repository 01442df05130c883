using Keelson.Machinery.Validation;

namespace Keelson.Flags;

/// <summary>A flag of the command line, of the forms that Go's programs take.</summary>
internal abstract class Flag(string name, string typeName, string usage)
{
    /// <summary>The name without dashes.</summary>
    public string Name => name;

    /// <summary>What help shows in place of a value; empty for switches.</summary>
    public string TypeName => typeName;

    /// <summary>What it is for.</summary>
    public string Usage => usage;

    /// <summary>The one letter that may stand for the name; null for none.</summary>
    public char? Letter { get; init; }

    /// <summary>What the flag means when it stands alone; null when it needs a value.</summary>
    public string? BareValue { get; init; }

    /// <summary>What to say when the flag is used although it has no future; null when it has.</summary>
    public string? Deprecation { get; init; }

    /// <summary>Whether the command line names it.</summary>
    public bool IsSet { get; private set; }

    /// <summary>The value as text, in the form it could be given in.</summary>
    public abstract string Text { get; }

    /// <summary>What help shows as the default; empty when it shows none.</summary>
    public abstract string DefaultText { get; }

    /// <summary>Takes a value from the command line.</summary>
    /// <exception cref="FlagException">It is no value of this flag; the message is Go's.</exception>
    public void Set(string text)
    {
        try
        {
            Take(text, IsSet);
        }
        catch (FormatException exception)
        {
            string shown = Letter is { } letter ? $"-{letter}, --{name}" : $"--{name}";
            throw new FlagException(
                $"invalid argument {GoText.Quote(text)} for \"{shown}\" flag: {exception.Message}", exception);
        }

        IsSet = true;
    }

    /// <summary>Whether a text is a value of this flag.</summary>
    public abstract bool Accepts(string text);

    /// <summary>Takes a value; <paramref name="again"/> tells that one was taken before.</summary>
    /// <exception cref="FormatException">It is no such value.</exception>
    protected abstract void Take(string text, bool again);
}

/// <summary>A flag with a value.</summary>
/// <param name="name">The name without dashes.</param>
/// <param name="form">How values are read and shown.</param>
/// <param name="value">The default.</param>
/// <param name="usage">What it is for.</param>
internal sealed class Flag<T>(string name, FlagForm<T> form, T value, string usage) : Flag(name, form.TypeName, usage)
{
    private readonly string _default = form.Show(value);

    /// <summary>The value given, otherwise the default.</summary>
    public T Value { get; private set; } = value;

    /// <inheritdoc/>
    public override string Text => form.Show(Value);

    /// <inheritdoc/>
    public override string DefaultText => _default == form.Nothing ? "" : form.Quotes ? $"\"{_default}\"" : _default;

    /// <inheritdoc/>
    public override bool Accepts(string text)
    {
        try
        {
            form.Read(text);
            return true;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    protected override void Take(string text, bool again) =>
        Value = again && form.Add is { } add ? add(Value, form.Read(text)) : form.Read(text);
}

/// <summary>How the values of a type are read from a command line and shown in help.</summary>
/// <param name="TypeName">What help calls it.</param>
/// <param name="Read">Text to value; throws <see cref="FormatException"/> with Go's text.</param>
/// <param name="Show">Value to text.</param>
internal sealed record FlagForm<T>(string TypeName, Func<string, T> Read, Func<T, string> Show)
{
    /// <summary>What a repeated flag makes of the value before and the one now; null when the last one
    /// counts.</summary>
    public Func<T, T, T>? Add { get; init; }

    /// <summary>The default that help does not mention.</summary>
    public string Nothing { get; init; } = "";

    /// <summary>Whether help puts the default in quotes.</summary>
    public bool Quotes { get; init; }
}

/// <summary>A command line, or what stands for a part of it, can't be understood.</summary>
internal class FlagException(string message, Exception? inner = null) : Exception(message, inner);
