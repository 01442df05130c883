using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Keelson.Commands.UserCommands;
using Keelson.Flags;
using Keelson.Machinery.Validation;

namespace Keelson.Configuration;

/// <summary>
/// Flags that may also be given by the environment and by a file. One rule names all three: <c>--secure-port</c> is
/// <c>KEELSON_SECURE_PORT</c> and the field <c>securePort</c>. What the command line says counts most, the file least.
/// </summary>
/// <param name="set">The flags.</param>
/// <param name="notInFile">Names of those that mean nothing in a file.</param>
internal sealed class FlagConfiguration(FlagSet set, IReadOnlyList<string> notInFile)
{
    private const string Prefix = "KEELSON_";
    private readonly Dictionary<Flag, string> _sources = [];

    /// <summary>The flags that a file may give, by name.</summary>
    public IEnumerable<Flag> InFile => set.All.Where(flag => !notInFile.Contains(flag.Name));

    /// <summary>The variable of a flag.</summary>
    public static string VariableOf(Flag flag) => Prefix + flag.Name.Replace('-', '_').ToUpperInvariant();

    /// <summary>The field of a flag.</summary>
    public static string FieldOf(Flag flag)
    {
        string[] words = flag.Name.Split('-');
        return words[0] + string.Concat(words.Skip(1).Select(word => char.ToUpperInvariant(word[0]) + word[1..]));
    }

    /// <summary>Where a flag's value comes from, as messages name it; its name as a flag when it has none.</summary>
    public string SourceOf(Flag flag) => _sources.GetValueOrDefault(flag, "--" + flag.Name);

    /// <summary>Takes what variables say about flags that the command line does not name.</summary>
    /// <exception cref="FlagException">A value is wrong.</exception>
    public void ReadEnvironment(Func<string, string?> environment)
    {
        foreach (Flag flag in set.All.Where(static flag => !flag.IsSet))
        {
            if (environment(VariableOf(flag)) is { Length: > 0 } text)
            {
                _sources[flag] = VariableOf(flag);
                if (!flag.Accepts(text))
                {
                    throw new FlagException($"{VariableOf(flag)}: {WrongValue(flag, text)}");
                }

                flag.Set(text);
            }
        }
    }

    /// <summary>Takes what a file says about flags that have no value yet.</summary>
    /// <exception cref="ConfigurationException">Fields are not known, or wrong; it names all of them.</exception>
    public void ReadFile(ConfigurationDocument file)
    {
        Dictionary<string, Flag> known = InFile.ToDictionary(FieldOf, StringComparer.Ordinal);
        List<string> problems = [];
        foreach (JsonProperty field in file.Fields)
        {
            if (Problem(file, field, known) is { } problem)
            {
                problems.Add($"{file.PlaceOf(field.Name)}: {problem}");
            }
        }

        if (problems.Count > 0)
        {
            throw new ConfigurationException(file.Path, string.Join('\n', problems));
        }
    }

    /// <summary>Variables that look like those of flags and are not.</summary>
    /// <param name="names">All variables' names.</param>
    public IEnumerable<string> Suspicious(IEnumerable<string> names)
    {
        string[] known = [.. set.All.Select(VariableOf)];
        foreach (string name in names.Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            if (!known.Contains(name) && Suggestions.For(name, known) is [{ } near, ..])
            {
                yield return $"{name} is none of the variables; {near} is";
            }
        }
    }

    /// <summary>All that a file may say, as it holds now, with where each comes from.</summary>
    public string Print(string apiVersion, string kind)
    {
        StringBuilder text = new($"apiVersion: {apiVersion}\nkind: {kind}\n");
        string[] lines = [.. InFile.Select(flag => $"{FieldOf(flag)}: {Shown(flag)}")];
        int width = lines.Max(static line => line.Length);
        foreach ((string line, Flag flag) in lines.Zip(InFile))
        {
            text.Append($"{line.PadRight(width)}  # {(flag.IsSet ? SourceOf(flag) : "default")}\n");
        }

        return text.ToString();
    }

    private string? Problem(ConfigurationDocument file, JsonProperty field, Dictionary<string, Flag> known)
    {
        if (!known.TryGetValue(field.Name, out Flag? flag))
        {
            return Suggestions.For(field.Name, known.Keys) is [{ } near, ..]
                ? $"there is no such field; did you mean {near}?"
                : "there is no such field";
        }

        if (TextOf(flag, field.Value) is not { } text)
        {
            return field.Value.ValueKind == JsonValueKind.Null ? null : $"must be {FlagTypes.Of(flag).Words}";
        }

        // A wrong value is told even where another counts more. An empty text says nothing.
        if (!flag.Accepts(text))
        {
            return WrongValue(flag, text);
        }

        if (!flag.IsSet && text.Length > 0)
        {
            _sources[flag] = $"{file.Path}: {file.PlaceOf(field.Name)}";
            bool isRelative = FlagTypes.Of(flag).IsPath && !Path.IsPathRooted(text);
            flag.Set(isRelative ? Path.GetFullPath(text, DirectoryOf(file.Path)) : text);
        }

        return null;
    }

    private static string WrongValue(Flag flag, string text) =>
        $"must be {FlagTypes.Of(flag).Words}, not {GoText.Quote(text)}";

    private static string DirectoryOf(string file) => Path.GetDirectoryName(Path.GetFullPath(file))!;

    /// <summary>A field's value as the command line would have it; null when it is of another type.</summary>
    private static string? TextOf(Flag flag, JsonElement value) => (FlagTypes.Of(flag).Json, value.ValueKind) switch
    {
        ("boolean", JsonValueKind.True) => "true",
        ("boolean", JsonValueKind.False) => "false",
        ("integer", JsonValueKind.Number) => value.GetRawText(),
        ("string", JsonValueKind.String) => value.GetString(),
        _ => null,
    };

    private static string Shown(Flag flag) => FlagTypes.Of(flag).Json == "string"
        ? $"\"{JsonEncodedText.Encode(flag.Text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\""
        : flag.Text;
}
