namespace Keelson.Nodes;

/// <summary>What the agent can't work without is missing or fails; the message says what and how to get it.</summary>
public sealed class NodeAgentException(string message, Exception? cause = null) : IOException(message, cause);
