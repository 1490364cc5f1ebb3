package dev.newsfeed.gateway.http;

/** A request that cannot be answered as asked: becomes problem details (RFC 9457). */
public final class Refused extends RuntimeException {

  private final int status;
  private final String title;

  /**
   * A refusal.
   *
   * @param title the kind of problem, always the same for its status
   * @param detail what to do about it, for a person
   */
  public Refused(int status, String title, String detail) {
    super(detail, null, false, false); // an everyday event needs no stack trace
    this.status = status;
    this.title = title;
  }

  /** 404. */
  public static Refused notFound(String detail) {
    return new Refused(404, "Not found", detail);
  }

  /** 400, naming the parameter. */
  public static Refused parameter(String name, String detail) {
    return new Refused(400, "Invalid parameter", name + ": " + detail);
  }

  public int status() {
    return status;
  }

  public String title() {
    return title;
  }

  public String detail() {
    return String.valueOf(getMessage());
  }
}
