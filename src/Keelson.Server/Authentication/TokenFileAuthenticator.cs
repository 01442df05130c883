using System.Text;

namespace Keelson.Server.Authentication;

/// <summary>Tokens from a file of the administrator's: <c>token,user,uid,"group1,group2"</c> a line.</summary>
public sealed class TokenFileAuthenticator : ITokenAuthenticator
{
    private readonly Dictionary<string, UserInfo> users;

    private TokenFileAuthenticator(Dictionary<string, UserInfo> users) => this.users = users;

    /// <summary>Reads the file's text.</summary>
    /// <param name="text">Comma-separated values.</param>
    /// <param name="path">The file, for errors.</param>
    /// <exception cref="FormatException">A line is not as it should be; the message names file and line.</exception>
    public static TokenFileAuthenticator Parse(string text, string path)
    {
        var users = new Dictionary<string, UserInfo>(StringComparer.Ordinal);
        var lineNumber = 0;
        foreach (var line in text.Split('\n'))
        {
            lineNumber++;
            if (line.Trim().Length == 0 || line.StartsWith('#'))
            {
                continue;
            }
            var fields = SplitLine(line.TrimEnd('\r'), path, lineNumber);
            if (fields.Count < 3)
            {
                throw new FormatException($"{path}: line {lineNumber}: token file '{path}' must have at least 3 columns "
                    + $"(token, user name, user uid), found {fields.Count}");
            }
            if (fields[0].Length == 0)
            {
                throw new FormatException($"{path}: line {lineNumber}: empty token has been found");
            }
            // Of two lines with one token the later one counts, as upstream.
            users[fields[0]] = new UserInfo
            {
                Name = fields[1],
                Uid = fields[2],
                Groups = fields.Count > 3 && fields[3].Length > 0 ? fields[3].Split(',') : [],
            };
        }
        return new TokenFileAuthenticator(users);
    }

    /// <inheritdoc/>
    public ValueTask<AuthenticationOutcome> AuthenticateAsync(
        string token, IReadOnlyList<string>? audiences, CancellationToken cancellation) =>
        new(users.TryGetValue(token, out var user)
            ? AuthenticationOutcome.Authenticated(user)
            : AuthenticationOutcome.NotMine);

    private static List<string> SplitLine(string line, string path, int lineNumber)
    {
        var fields = new List<string>();
        var field = new StringBuilder();
        for (var i = 0; i <= line.Length; i++)
        {
            if (i == line.Length || line[i] == ',')
            {
                fields.Add(field.ToString());
                field.Clear();
            }
            else if (line[i] == '"' && field.Length == 0)
            {
                i = ReadQuoted(line, i + 1, field)
                    ?? throw new FormatException(
                        $"{path}: line {lineNumber}: extraneous or missing \" in quoted-field");
            }
            else if (field.Length > 0 || line[i] != ' ')
            {
                field.Append(line[i]);
            }
        }
        return fields;
    }

    // Returns where the closing quote stands; a doubled quote stands for itself.
    private static int? ReadQuoted(string line, int start, StringBuilder field)
    {
        for (var i = start; i < line.Length; i++)
        {
            if (line[i] != '"')
            {
                field.Append(line[i]);
            }
            else if (i + 1 < line.Length && line[i + 1] == '"')
            {
                field.Append('"');
                i++;
            }
            else
            {
                return i + 1 == line.Length || line[i + 1] == ',' ? i : null;
            }
        }
        return null;
    }
}
