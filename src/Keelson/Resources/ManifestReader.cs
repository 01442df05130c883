using System.Text;
using Keelson.Clusters;
using Keelson.Machinery.Trees;
using Keelson.Machinery.Wire;
using Keelson.Machinery.Yaml;

namespace Keelson.Resources;

/// <summary>An object of a file.</summary>
/// <param name="Source">The file, as messages name it.</param>
internal sealed record ManifestObject(ObjectTree Object, string Source);

/// <summary>Reads the objects of files, directories, addresses and standard input.</summary>
internal static class ManifestReader
{
    private static readonly string[] Extensions = [".json", ".yaml", ".yml"];

    /// <summary>The objects, in order; lists are opened.</summary>
    /// <param name="files">What <c>-f</c> names.</param>
    /// <param name="isRecursive">Whether folders in folders are looked into.</param>
    /// <param name="openInput">Standard input.</param>
    /// <param name="cancellation">Ends waiting.</param>
    /// <exception cref="CommandException">Something is not there or can't be read.</exception>
    public static async Task<IReadOnlyList<ManifestObject>> ReadAsync(
        IReadOnlyList<string> files, bool isRecursive, Func<Stream> openInput, CancellationToken cancellation)
    {
        List<ManifestObject> objects = [];
        foreach (string file in files)
        {
            if (file == "-")
            {
                using StreamReader input = new(openInput());
                Add(objects, await input.ReadToEndAsync(cancellation), "STDIN");
            }
            else if (file.StartsWith("http://", StringComparison.Ordinal)
                || file.StartsWith("https://", StringComparison.Ordinal))
            {
                Add(objects, await FetchAsync(file, cancellation), file);
            }
            else
            {
                foreach (string path in Expand(file, isRecursive))
                {
                    Add(objects, await File.ReadAllTextAsync(path, cancellation), path);
                }
            }
        }

        return objects;
    }

    private static IReadOnlyList<string> Expand(string file, bool isRecursive)
    {
        if (Directory.Exists(file))
        {
            SearchOption depth = isRecursive ? SearchOption.AllDirectories : SearchOption.TopDirectoryOnly;
            List<string> found =
            [
                .. Directory.EnumerateFiles(file, "*", depth)
                    .Where(path => Extensions.Contains(Path.GetExtension(path)))
                    .Order(StringComparer.Ordinal),
            ];
            return found.Count > 0
                ? found
                : throw new CommandException(
                    $"error reading [{file}]: recognized file extensions are [.json .yaml .yml]");
        }

        return File.Exists(file)
            ? [file]
            : file.Contains('*') && Matching(file) is { Count: > 0 } matching
                ? matching
                : throw new CommandException($"the path \"{file}\" does not exist");
    }

    private static List<string> Matching(string pattern)
    {
        string folder = Path.GetDirectoryName(pattern) is { Length: > 0 } named ? named : ".";
        return Directory.Exists(folder)
            ? [.. Directory.EnumerateFiles(folder, Path.GetFileName(pattern)).Order(StringComparer.Ordinal)]
            : [];
    }

    private static async Task<string> FetchAsync(string address, CancellationToken cancellation)
    {
        using HttpClient client = new();
        try
        {
            using HttpResponseMessage response = await client.GetAsync(address, cancellation);
            return response.IsSuccessStatusCode
                ? await response.Content.ReadAsStringAsync(cancellation)
                : throw new CommandException($"unable to read URL \"{address}\", server reported "
                    + $"{(int)response.StatusCode} {response.ReasonPhrase}, status code={(int)response.StatusCode}");
        }
        catch (HttpRequestException exception)
        {
            throw new CommandException($"unable to read URL \"{address}\": {exception.Message}", exception);
        }
    }

    private static void Add(List<ManifestObject> objects, string text, string source)
    {
        foreach (string document in Documents(text))
        {
            Tree tree;
            try
            {
                tree = YamlReader.Read(Encoding.UTF8.GetBytes(document));
            }
            catch (DecodeException exception)
            {
                string where = exception.Message.StartsWith("yaml", StringComparison.Ordinal)
                    ? $"error parsing {source}: error converting YAML to JSON: {exception.Message}"
                    : $"error parsing {source}: {exception.Message}";
                throw new CommandException(where, exception);
            }

            if (tree is ObjectTree obj)
            {
                AddObject(objects, obj, source);
            }
            else if (tree is not NullTree)
            {
                throw new CommandException($"error parsing {source}: json: cannot unmarshal "
                    + $"{(tree is ListTree ? "array" : "string")} into Go value of type map[string]interface {{}}");
            }
        }
    }

    private static void AddObject(List<ManifestObject> objects, ObjectTree obj, string source)
    {
        if (obj.Count == 0)
        {
            return;
        }

        if (obj.Kind().Length == 0)
        {
            throw new CommandException($"unable to decode \"{source}\": Object 'Kind' is missing in "
                + $"'{Encoding.UTF8.GetString(obj.ToJson(FieldOrder.Sorted))}'");
        }

        if (obj["items"] is ListTree && obj.Kind().EndsWith("List", StringComparison.Ordinal))
        {
            foreach (ObjectTree item in obj.Objects("items"))
            {
                AddObject(objects, item, source);
            }

            return;
        }

        objects.Add(new(obj, source));
    }

    /// <summary>The documents of a stream: lines of three hyphens are between them.</summary>
    private static IEnumerable<string> Documents(string text)
    {
        StringBuilder document = new();
        bool isOpen = false;
        foreach (string line in text.Split('\n'))
        {
            if (line.StartsWith("---", StringComparison.Ordinal) && line.AsSpan(3).Trim() is [] or ['#', ..])
            {
                yield return document.ToString();
                document.Clear();
                isOpen = false;
            }
            else
            {
                document.Append(document.Length > 0 || isOpen ? "\n" : "").Append(line);
                isOpen = true;
            }
        }

        yield return document.ToString();
    }
}
