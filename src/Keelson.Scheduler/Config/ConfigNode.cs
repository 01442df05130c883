using System.Text;
using System.Text.Json;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;
using Keelson.Machinery.Wire;

namespace Keelson.Scheduler.Config;

/// <summary>
/// A value of a configuration file with its path; what is wrong with it is collected, and reading goes on.
/// </summary>
/// <param name="Value">The value; undefined when it is not there.</param>
/// <param name="Path">Where it stands; null for the file itself.</param>
/// <param name="Errors">Collects what is wrong.</param>
internal readonly record struct ConfigNode(JsonElement Value, FieldPath? Path, FieldErrors Errors)
{
    private const string MustBe = "must be ";

    /// <summary>True when it is there and not null.</summary>
    public bool IsThere => Value.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null);

    /// <summary>A field of an object; the names of all fields are to be checked by <see cref="Known"/>.</summary>
    public ConfigNode this[string name] => new(
        Value.ValueKind == JsonValueKind.Object && Value.TryGetProperty(name, out JsonElement value) ? value
            : default, Child(name), Errors);

    /// <summary>Reports fields of an object that there are not.</summary>
    public void Known(params ReadOnlySpan<string> names)
    {
        if (!IsThere)
        {
            return;
        }

        if (Value.ValueKind != JsonValueKind.Object)
        {
            Wrong("an object");
            return;
        }

        foreach (JsonProperty field in Value.EnumerateObject())
        {
            if (!names.Contains(field.Name))
            {
                Errors.Forbidden(Child(field.Name), "unknown field");
            }
        }
    }

    /// <summary>The fields of an object.</summary>
    public IEnumerable<(string Name, ConfigNode Node)> Fields()
    {
        ConfigNode self = this;
        return Value.ValueKind == JsonValueKind.Object
            ? Value.EnumerateObject().Select(one => (one.Name, self[one.Name]))
            : [];
    }

    /// <summary>The items of a list; none when it is not there.</summary>
    public IReadOnlyList<ConfigNode> Items()
    {
        if (!IsThere)
        {
            return [];
        }

        if (Value.ValueKind != JsonValueKind.Array)
        {
            Wrong("a list");
            return [];
        }

        ConfigNode self = this;
        return [.. Value.EnumerateArray().Select((one, i) => new ConfigNode(one, self.Path!.Index(i), self.Errors))];
    }

    /// <summary>A text.</summary>
    public string Text(string otherwise = "")
    {
        if (Value.ValueKind == JsonValueKind.String)
        {
            return Value.GetString()!;
        }

        if (IsThere)
        {
            Wrong("a string");
        }

        return otherwise;
    }

    /// <summary>Texts.</summary>
    public IReadOnlyList<string> Texts() => [.. Items().Select(static one => one.Text())];

    /// <summary>A truth.</summary>
    public bool Truth(bool otherwise = false)
    {
        if (Value.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return Value.GetBoolean();
        }

        if (IsThere)
        {
            Wrong("true or false");
        }

        return otherwise;
    }

    /// <summary>A whole number.</summary>
    public long Integer(long otherwise)
    {
        if (Value.ValueKind == JsonValueKind.Number && Value.TryGetInt64(out long number))
        {
            return number;
        }

        if (IsThere)
        {
            Wrong("a whole number");
        }

        return otherwise;
    }

    /// <summary>A whole number of 32 bits.</summary>
    public int Int32(int otherwise)
    {
        long number = Integer(otherwise);
        if (number is >= int.MinValue and <= int.MaxValue)
        {
            return (int)number;
        }

        Wrong("a whole number of 32 bits");
        return otherwise;
    }

    /// <summary>A duration: <c>1m30s</c>.</summary>
    public TimeSpan Duration(TimeSpan otherwise)
    {
        if (!IsThere)
        {
            return otherwise;
        }

        if (GoDuration.TryParse(Text(), out TimeSpan duration, out string? error))
        {
            return duration;
        }

        Errors.InvalidRaw(Path, Value.GetRawText(), error);
        return otherwise;
    }

    /// <summary>A value of the API.</summary>
    public T? Object<T>(Func<byte[], T> read)
        where T : class
    {
        if (!IsThere)
        {
            return null;
        }

        try
        {
            return read(Encoding.UTF8.GetBytes(Value.GetRawText()));
        }
        catch (DecodeException error)
        {
            Errors.InvalidRaw(Path, Value.GetRawText(), error.Message);
            return null;
        }
    }

    private FieldPath Child(string name) => Path is null ? FieldPath.Of(name) : Path.Child(name);

    private void Wrong(string what) => Errors.InvalidRaw(Path, Value.GetRawText(), MustBe + what);
}
