using Keelson.Clusters;
using Keelson.Machinery.Trees;

namespace Keelson.Commands.Describe.Kinds;

/// <summary>Kinds without a description of their own: all fields, their names in words.</summary>
internal static class GenericDescriber
{
    private static readonly string[] Skipped =
    [
        ".metadata.managedFields", ".metadata.name", ".metadata.namespace", ".metadata.labels", ".metadata.annotations",
    ];

    private static readonly string[] Acronyms = ["API", "URL", "UID", "OSB", "GUID"];

    public static async Task DescribeAsync(ObjectTree obj, Description text, DescribeContext context)
    {
        text.Names(obj);
        text.Notes(obj);
        Write(obj, text, 0, "");
        await text.EventsAsync(obj, context);
    }

    private static void Write(ObjectTree node, Description text, int level, string path)
    {
        foreach ((string name, Tree value) in node.Fields.OrderBy(field => field.Key, StringComparer.Ordinal))
        {
            string at = $"{path}.{name}";
            if (Skipped.Contains(at))
            {
                continue;
            }

            switch (value)
            {
                case ObjectTree child:
                    text.Write(level, $"{Label(name)}:\n");
                    Write(child, text, level + 1, at);
                    break;
                case ListTree list:
                    text.Write(level, $"{Label(name)}:\n");
                    foreach (Tree item in list.Items)
                    {
                        if (item is ObjectTree one)
                        {
                            Write(one, text, level + 1, at);
                        }
                        else
                        {
                            text.Write(level + 1, GoTree.Verb(item) + "\n");
                        }
                    }

                    break;
                default:
                    text.Write(level, $"{Label(name)}:\t{GoTree.Verb(value)}\n");
                    break;
            }
        }
    }

    /// <summary><c>creationTimestamp</c> as <c>Creation Timestamp</c>.</summary>
    public static string Label(string name)
    {
        if (name.Any(one => !char.IsLetter(one) && one != '-'))
        {
            return name;
        }

        IEnumerable<string> words = Words(name).Select(word => Acronyms.Contains(word.ToUpperInvariant())
            ? word.ToUpperInvariant()
            : char.ToUpperInvariant(word[0]) + word[1..]);
        return string.Join(' ', words);
    }

    /// <summary>Runs of small letters, of capitals and of others; the last of several capitals goes with what
    /// follows.</summary>
    private static IEnumerable<string> Words(string name)
    {
        static int ClassOf(char one) => char.IsLower(one) ? 1 : char.IsUpper(one) ? 2 : 3;
        List<string> runs = [];
        foreach (char one in name)
        {
            if (runs.Count > 0 && ClassOf(runs[^1][0]) == ClassOf(one))
            {
                runs[^1] += one;
            }
            else
            {
                runs.Add(one.ToString());
            }
        }

        for (int i = 0; i + 1 < runs.Count; i++)
        {
            if (ClassOf(runs[i][0]) == 2 && ClassOf(runs[i + 1][0]) == 1)
            {
                runs[i + 1] = runs[i][^1] + runs[i + 1];
                runs[i] = runs[i][..^1];
            }
        }

        return runs.Where(run => run.Length > 0);
    }
}
