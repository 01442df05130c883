using Keelson.Clusters;
using Keelson.Commands.UserCommands;

namespace Keelson.Commands.Completion;

/// <summary><c>keelson completion</c>: what makes a shell complete the program's words.</summary>
internal sealed class CompletionCommand() : UserCommand("completion", Text)
{
    private const string Bash = """
        # Completion of keelson's words for bash.
        _keelson() {
            local IFS=$'\n'
            COMPREPLY=($("${COMP_WORDS[0]}" __complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
        }
        complete -o default -F _keelson keelson

        """;

    private const string Zsh = """
        #compdef keelson
        # Completion of keelson's words for zsh.
        _keelson() {
            local -a candidates
            candidates=("${(@f)$("${words[1]}" __complete "${(@)words[2,CURRENT]}" 2>/dev/null)}")
            compadd -a candidates
        }
        compdef _keelson keelson

        """;

    private const string Fish = """
        # Completion of keelson's words for fish.
        function __keelson_complete
            set -l words (commandline -opc)
            $words[1] __complete $words[2..] (commandline -ct) 2>/dev/null
        end
        complete -c keelson -f -a '(__keelson_complete)'

        """;

    private static CommandHelp Text { get; } = new("Print what makes a shell complete words.", "(bash | zsh | fish)")
    {
        Description =
            "Print what makes a shell complete the program's words: commands, flags, kinds, names of objects.",
        Examples = """
            # For this bash
            source <(keelson completion bash)

            # For each zsh
            keelson completion zsh > "${fpath[1]}/_keelson"

            # For each fish
            keelson completion fish > ~/.config/fish/completions/keelson.fish
            """,
    };

    /// <inheritdoc/>
    protected override Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        Console.Output.Write(arguments switch
        {
            ["bash"] => Bash,
            ["zsh"] => Zsh,
            ["fish"] => Fish,
            [] => throw Usage("Shell not specified."),
            [var other] => throw Usage($"Unsupported shell type \"{other}\"."),
            _ => throw Usage("Too many arguments. Expected only the shell type."),
        });
        return Task.FromResult(0);
    }
}
