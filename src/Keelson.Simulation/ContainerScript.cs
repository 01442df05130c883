using System.Globalization;
using Keelson.Api.Core.V1;

namespace Keelson.Simulation;

/// <summary>What a container does when it runs.</summary>
/// <param name="Takes">How long it runs; null for until it is stopped.</param>
/// <param name="ExitCode">How it ends.</param>
/// <param name="Output">The lines it writes when it starts.</param>
internal sealed record ContainerBehaviour(TimeSpan? Takes, int ExitCode, IReadOnlyList<string> Output);

/// <summary>
/// Reads off a container's command what it would do. What people write in tests and examples is understood: <c>sleep
/// N</c>,
/// <c>exit N</c>, <c>true</c>, <c>false</c>, <c>echo</c>, and shells with a sequence of these. Servers run on; of other
/// commands only the pod's restart policy tells whether they are meant to end.
/// </summary>
internal static class ContainerScript
{
    private static readonly string[] Shells = ["sh", "bash", "ash"];

    /// <summary>What a container does.</summary>
    /// <param name="container">The container.</param>
    /// <param name="isMeantToEnd">True for init containers, and where the pod's restart policy is not Always.</param>
    /// <param name="unknownTakes">How long a command takes that is not understood but meant to end.</param>
    public static ContainerBehaviour Read(Container container, bool isMeantToEnd, TimeSpan unknownTakes)
    {
        string[] words = [.. container.Command, .. container.Args];
        Run run = new();
        bool isShell = words.Length >= 3 && Shells.Contains(NameOf(words[0])) && words[1].StartsWith('-');
        bool understood = isShell ? run.Script(words[^1]) : words.Length > 0 && run.Command(words);
        if (!understood)
        {
            bool isServer = words.Length == 0 || words.Contains("pause") || !isMeantToEnd;
            return new(
                isServer && !isMeantToEnd ? null : isServer && words.Length == 0 ? null : unknownTakes, 0, run.Output);
        }

        return new(run.IsEndless ? null : run.Took, run.ExitCode, run.Output);
    }

    private static string NameOf(string path) => path[(path.LastIndexOf('/') + 1)..];

    /// <summary>A run of commands, one after the other.</summary>
    private sealed class Run
    {
        private static readonly char[] Blanks = [' ', '\t', '\n'];

        public TimeSpan Took { get; private set; }

        public bool IsEndless { get; private set; }

        public int ExitCode { get; private set; }

        public List<string> Output { get; } = [];

        /// <summary>Follows a script; false when it has a command that is not understood.</summary>
        public bool Script(string text)
        {
            if (text.Contains("while true", StringComparison.Ordinal)
                || text.Contains("while :", StringComparison.Ordinal))
            {
                IsEndless = true;
                return true;
            }

            foreach (string statement in text.Split([";", "&&", "\n"], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                string[] words = statement.Split(Blanks, StringSplitOptions.RemoveEmptyEntries);
                if (!Command(words))
                {
                    return false;
                }

                if (IsEndless || words[0] == "exit")
                {
                    return true;
                }
            }

            return true;
        }

        /// <summary>Follows one command; false when it is not understood.</summary>
        public bool Command(string[] words)
        {
            switch (NameOf(words[0]))
            {
                case "true" or ":" or "date" or "touch" or "mkdir" or "ls" or "env" or "hostname":
                    ExitCode = 0;
                    return true;
                case "false":
                    ExitCode = 1;
                    return true;
                case "exit":
                    ExitCode = words.Length > 1 && int.TryParse(words[1], CultureInfo.InvariantCulture, out int code)
                        ? code
                        : ExitCode;
                    return true;
                case "echo":
                    Output.Add(string.Join(' ', words[1..]).Trim('"', '\''));
                    ExitCode = 0;
                    return true;
                case "sleep" when words.Length > 1:
                    return Sleep(words[1]);
                case "pause":
                    IsEndless = true;
                    return true;
                default:
                    return false;
            }
        }

        private bool Sleep(string text)
        {
            ExitCode = 0;
            if (text is "infinity" or "inf")
            {
                IsEndless = true;
                return true;
            }

            int unit = text[^1] switch
            {
                's' => 1,
                'm' => 60,
                'h' => 3600,
                'd' => 86400,
                _ => 0,
            };
            string number = unit == 0 ? text : text[..^1];
            if (!double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double seconds))
            {
                return false;
            }

            Took += TimeSpan.FromSeconds(Math.Min(seconds * Math.Max(unit, 1), TimeSpan.FromDays(3650).TotalSeconds));
            return true;
        }
    }
}
