namespace Keelson.Streaming.Spdy;

/// <summary>The other side broke the rules of SPDY/3.1; the connection is over.</summary>
public sealed class SpdyProtocolException(string message) : IOException(message);

/// <summary>The other side gave a stream up, or the connection was lost under it.</summary>
public sealed class SpdyStreamEndedException(string message) : IOException(message);
