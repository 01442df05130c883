namespace Keelson.MethodProfile;

/// <summary>A method as the runtime's compiler names it: <c>N.Type`1+Inner[Argument]:Name[Argument](parameters)</c>.
/// </summary>
internal sealed record CompiledMethod(TypeName Type, string Name, IReadOnlyList<TypeName> Arguments, int Parameters)
{
    /// <summary>Was the method called often enough to be compiled a second time?</summary>
    public static bool IsHot(string line) => line.Contains("[Tier1", StringComparison.Ordinal);

    /// <summary>The name in a line such as <c>  12: JIT compiled Name [Tier0, IL size=8, code size=33]</c>.</summary>
    public static string NameIn(string line)
    {
        const string Mark = "JIT compiled ";
        int start = line.IndexOf(Mark, StringComparison.Ordinal);
        int end = line.LastIndexOf(" [", StringComparison.Ordinal);
        return start < 0 || end < start ? "" : line[(start + Mark.Length)..end];
    }

    /// <summary>Takes a name apart; null if it is none of a method with metadata, such as a stub.</summary>
    public static CompiledMethod? Parse(string text)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        int parenthesis = text.LastIndexOf('(');
        if (colon < 0 || parenthesis < colon || !text.EndsWith(')'))
        {
            return null;
        }

        string name = text[(colon + 1)..parenthesis];
        IReadOnlyList<TypeName> arguments = [];
        if (name.EndsWith(']') && name.IndexOf('[', StringComparison.Ordinal) is > 0 and int open)
        {
            arguments = TypeName.List(name[(open + 1)..^1]);
            name = name[..open];
        }

        return new CompiledMethod(
            TypeName.Parse(text[..colon]), name, arguments, TypeName.List(text[(parenthesis + 1)..^1]).Count);
    }
}

/// <summary>A type's name with the types it is made for, and the ends that make arrays of it.</summary>
internal sealed record TypeName(string Name, IReadOnlyList<TypeName> Arguments, int Ranks)
{
    public static TypeName Parse(string text)
    {
        int ranks = 0;
        while (text.EndsWith("[]", StringComparison.Ordinal))
        {
            text = text[..^2];
            ranks++;
        }

        int open = text.IndexOf('[', StringComparison.Ordinal);
        return open > 0 && text.EndsWith(']')
            ? new TypeName(text[..open], List(text[(open + 1)..^1]), ranks)
            : new TypeName(text, [], ranks);
    }

    /// <summary>Types between commas, but for those inside of brackets.</summary>
    public static IReadOnlyList<TypeName> List(string text)
    {
        List<TypeName> list = [];
        int depth = 0;
        int start = 0;
        for (int i = 0; i <= text.Length; i++)
        {
            if (i == text.Length || (text[i] == ',' && depth == 0))
            {
                if (i > start)
                {
                    list.Add(Parse(text[start..i]));
                }

                start = i + 1;
                continue;
            }

            depth += text[i] switch { '[' => 1, ']' => -1, _ => 0 };
        }

        return list;
    }
}
