namespace Keelson.Client.Https;

/// <summary>A token in a file that somebody renews: read again every ten seconds at most. One that was read stays good
/// while the file can't be read.</summary>
internal sealed class TokenFile(string path, TimeProvider clock) : ITokenSource
{
    private static readonly TimeSpan ReadEvery = TimeSpan.FromSeconds(10);
    private readonly Lock _gate = new();
    private string _token = "";
    private long _read;

    public ValueTask<string> TokenAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_token.Length > 0 && clock.GetElapsedTime(_read) < ReadEvery)
            {
                return new(_token);
            }

            try
            {
                string token = File.ReadAllText(path).Trim();
                if (token.Length == 0 && _token.Length == 0)
                {
                    throw new TokenException($"read empty token from file \"{path}\"");
                }

                _token = token.Length > 0 ? token : _token;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                if (_token.Length == 0)
                {
                    throw new TokenException($"failed to read token file \"{path}\": {exception.Message}", exception);
                }
            }

            _read = clock.GetTimestamp();
            return new(_token);
        }
    }
}

/// <summary>A token that stays.</summary>
internal sealed class FixedToken(string token) : ITokenSource
{
    public ValueTask<string> TokenAsync(CancellationToken cancellationToken) => new(token);
}
